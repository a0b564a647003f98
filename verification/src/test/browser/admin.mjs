// Drives the official Admin UI in headless Chromium.
// node admin.mjs SCENARIO CHROMIUM SCREENSHOTS PAGE SERVER where clients connect to SERVER, another one of the page's cluster.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [scenario, executablePath, screenshots, address, server] = process.argv.slice(2);
const patience = Number(process.env.PATIENCE ?? 30_000);
const origin = new URL(address).origin;
mkdirSync(screenshots, { recursive: true });

const say = (text) => console.log(`[admin ${scenario}] ${text}`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
const errors = [];
const foreign = [];

async function openAdmin() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("request", (request) => {
    const { protocol, origin: asked } = new URL(request.url());
    if (protocol !== "data:" && asked !== origin) {
      foreign.push(request.url());
    }
  });
  await page.goto(address);
  return page;
}

/** A client in a page of its own, as the server serves the browser client. */
async function openClient() {
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${server}/socket.io/socket.io.js`);
  await page.addScriptTag({ url: `${server}/socket.io/socket.io.js` });
  const id = await page.evaluate(
    () =>
      new Promise((resolve) => {
        window.log = [];
        window.socket = io();
        socket.onAny((...args) => log.push(args));
        socket.on("disconnect", (reason) => log.push(["disconnect", reason]));
        socket.on("connect", () => resolve(socket.id));
      }),
  );
  const until = (test, argument) => page.waitForFunction(test, argument, { timeout: patience });
  return { page, id, until };
}

async function picture(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.waitForTimeout(700); // transitions of the page
  await page.screenshot({ path: join(screenshots, `admin-${scenario}-${name}.png`) });
}

async function logIn(page) {
  await page.getByText("Connection", { exact: true }).first().waitFor();
  assert.equal(await page.getByLabel("Server URL").inputValue(), origin);
  await picture(page, "login");
  await page.getByLabel("Username").fill("admin");
  await page.getByLabel("Password").fill("wrong");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("Invalid credentials").waitFor();
  await page.getByLabel("Password").fill("changeit");
  await page.getByRole("button", { name: "Connect" }).click();
  await page.getByText("server one").or(page.getByText("Healthy")).first().waitFor();
  say("logged in after a wrong password");
}

const row = (page, text) => page.locator("tbody tr", { hasText: text });
/** Clicks a button of a row. The click opens the row's own page too, so the list is opened again. */
async function command(page, text, button, list) {
  await row(page, text).getByRole("button").nth(button).click();
  await go(page, list);
}

async function go(page, route) {
  await page.evaluate((hash) => (location.hash = hash), route);
  await page.waitForTimeout(1000); // during the transition both pages are in the DOM
}

async function dashboards(page) {
  await page.getByText("Healthy").first().waitFor();
  await page.waitForTimeout(2500);
  await picture(page, "dashboard");
  await go(page, "#/servers/");
  await row(page, "server one").waitFor();
  await row(page, "server two").waitFor();
  await picture(page, "servers");
  say("both servers are listed");
}

async function development(page, ada, bob) {
  await go(page, "#/sockets/");
  await row(page, ada.id).waitFor();
  await row(page, bob.id).waitFor();
  await picture(page, "sockets");
  say("sockets of the other server are listed");

  await row(page, ada.id).locator("td").first().click();
  await page.getByText("lobby").first().waitFor();
  await page.getByLabel("Join a room").fill("vip");
  await page.locator("main form button[type=submit]").click();
  await row(page, "vip").waitFor();
  await picture(page, "socket");
  await command(page, "vip", 0, "#/rooms/");
  await row(page, "lobby").waitFor();
  await row(page, "vip").waitFor({ state: "detached" });
  say("join and leave");

  await page.waitForTimeout(3000); // by then the other server knows that an admin is connected
  await ada.page.evaluate(() => socket.emit("ping me", "hello"));
  await ada.until(() => log.some(([name]) => name === "pong"));
  await go(page, "#/events/");
  await page.getByText("ping me").first().waitFor();
  await page.getByText("pong").first().waitFor();
  await row(page, "pong").first().getByRole("button").last().click();
  await page.getByText('"deep"').first().waitFor();
  await picture(page, "events");
  say("events in both directions");

  await go(page, "#/rooms/");
  await row(page, "lobby").waitFor();
  await picture(page, "rooms");
  await row(page, "lobby").locator("td").first().click();
  await page.getByText("Details").first().waitFor();
  await picture(page, "room");
  await go(page, "#/rooms/");
  await command(page, "lobby", 0, "#/rooms/"); // all leave
  await row(page, "lobby").waitFor({ state: "detached" });
  say("a room is emptied");

  await go(page, "#/sockets/");
  await command(page, ada.id, 0, "#/sockets/");
  await ada.until(() => log.some(([name, reason]) => name === "disconnect" && reason === "io server disconnect"));
  await row(page, ada.id).waitFor({ state: "detached" });
  say("a socket is disconnected");

  await go(page, "#/clients/");
  await page.locator("tbody tr").first().waitFor();
  await picture(page, "clients");
  const clientId = await bob.page.evaluate(() => socket.io.engine.id.substring(0, 12));
  await command(page, clientId, 0, "#/clients/");
  await bob.until(() => log.some(([name]) => name === "disconnect"));
  await row(page, clientId).waitFor({ state: "detached" });
  say("a client is disconnected");
}

try {
  const ada = await openClient();
  const bob = await openClient();
  const page = await openAdmin();
  await logIn(page);
  await dashboards(page);
  if (scenario === "development") {
    await development(page, ada, bob);
  } else {
    assert.equal(await page.locator("nav .v-list-item").count(), 2);
    say("only dashboard and servers are offered");
  }
  await page.reload();
  await go(page, "#/servers/");
  await row(page, "server one").waitFor();
  assert.equal(await page.getByLabel("Password").isVisible(), false);
  say("the session survives a reload");
  assert.deepEqual(foreign, []);
  assert.deepEqual(errors, []);
  const icons = await page.evaluate(() => document.fonts.check('24px "Material Design Icons"') && document.fonts.check("16px Roboto"));
  assert.equal(icons, true);
  say("nothing was loaded from other hosts, no errors in the console");
} catch (error) {
  for (const context of browser.contexts()) {
    for (const page of context.pages()) {
      if (page.url().startsWith(address)) {
        await page.screenshot({ path: join(screenshots, `admin-${scenario}-failure.png`) });
      }
    }
  }
  throw error;
} finally {
  await browser.close();
}
