// Drives the chat page in headless Chromium.
// node chat.mjs SCENARIO[,SCENARIO] CHROMIUM SCREENSHOTS COMMAND... where COMMAND starts the server, {port} in it is replaced.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [scenarios, executablePath, screenshots, ...command] = process.argv.slice(2);
let scenario = "start";
const patience = 30_000;
const port = await freePort();
const tls = scenarios === "webtransport";
const address = `${tls ? "https" : "http"}://localhost:${port}/`;
mkdirSync(screenshots, { recursive: true });

async function freePort() {
  const probe = createServer().listen(0);
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}

let server = null;

async function startServer() {
  const [program, ...args] = command.map((part) => part.replaceAll("{port}", String(port)));
  server = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  const child = server;
  await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code} before it listened`)));
    child.stdout.on("data", (data) => String(data).includes("://") && resolve());
  });
  say(`server ${child.pid} listens on ${port}`);
}

async function stopServer(signal) {
  const child = server;
  server = null;
  if (child && child.exitCode === null && child.signalCode === null) {
    child.kill(signal);
    await once(child, "exit");
    say(`server ${child.pid} ended by ${signal}`);
  }
}

function say(text) {
  console.log(`[${scenario}] ${text}`);
}

const desktop = { width: 1180, height: 760 };
const phone = { width: 390, height: 844 };
const errors = [];

async function visitor(browser, name, { viewport = desktop, colorScheme = "light", webSocket = true } = {}) {
  const small = viewport.width < 500;
  const context = await browser.newContext({ ignoreHTTPSErrors: tls, viewport, colorScheme, isMobile: small, hasTouch: small, deviceScaleFactor: small ? 2 : 1 });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  if (!webSocket) {
    await page.addInitScript(() => Object.defineProperty(window, "WebSocket", { value: undefined }));
  }
  page.opened = 0;
  page.on("websocket", () => page.opened++);
  page.on("pageerror", (error) => errors.push(`${name}: ${error.stack}`));
  page.on("console", (message) => {
    // a server that is down is part of the restart scenario
    if (message.type() === "error" && !/ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|ERR_SOCKET|400 \(Bad/.test(message.text())) {
      errors.push(`${name}: ${message.text()}`);
    }
  });
  await page.goto(address);
  if (name !== null) {
    await join_(page, name);
  }
  return page;
}

async function join_(page, name) {
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join the chat" }).click();
  await page.locator("#app").waitFor({ state: "visible" });
}

const statusIs = (page, text) => page.locator("#status").filter({ hasText: text }).waitFor();
const log = (page) => page.locator(".log:not([hidden])");
const message = (page, text) => log(page).locator(".said .text", { hasText: text });
const sees = async (page, text, how = "") => {
  await message(page, text).waitFor();
  assert.equal(await message(page, text).count(), 1, `"${text}" must be there once`);
  const item = log(page).locator(".said", { has: page.locator(".text", { hasText: text }) });
  if (how !== "") {
    assert.equal(await item.evaluate((e, h) => e.classList.contains(h), how), true, `"${text}" must look ${how}`);
  }
};

async function write(page, text) {
  await page.locator("#text").fill(text);
  await page.locator("#text").press("Enter");
}

const shoot = (page, name) => page.screenshot({ path: join(screenshots, `${name}.png`) });

async function openMenu(page) {
  const button = page.getByRole("button", { name: "Rooms and people" });
  if (await button.isVisible()) {
    await button.click();
  }
}

const entry = (page, list, text) => page.locator(`#${list} .entry`, { hasText: text });

async function joinRoom(page, room) {
  await openMenu(page);
  await page.getByLabel("Name of a room to join").fill(room);
  await page.getByLabel("Name of a room to join").press("Enter");
  await page.locator("#title", { hasText: `#${room}` }).waitFor();
}

async function chatsOverWebTransport(browser) {
  const anna = await visitor(browser, "Anna");
  const bruno = await visitor(browser, "Bruno", { viewport: phone });
  await statusIs(anna, "Connected · ");
  say(await anna.locator("#status").innerText());
  await statusIs(anna, "Connected · WebTransport");
  await statusIs(bruno, "Connected · WebTransport");
  await write(anna, "Hello over HTTP/3");
  await sees(anna, "Hello over HTTP/3", "own");
  await sees(bruno, "Hello over HTTP/3");
  await shoot(anna, "chat-webtransport");
  say("both pages chat over WebTransport");
}

async function chatsOver(browser, transport, webSocket) {
  const anna = await visitor(browser, "Anna", { webSocket });
  const bruno = await visitor(browser, "Bruno", { webSocket, viewport: phone });
  await statusIs(anna, `Connected · ${transport}`);
  await statusIs(bruno, `Connected · ${transport}`);
  assert.equal(anna.opened > 0, webSocket, "whether a WebSocket was opened");
  say(`both pages are connected over ${transport}`);

  await entry(anna, "people", "Bruno").waitFor();
  await write(anna, "Hello everyone");
  await sees(anna, "Hello everyone", "own");
  await sees(bruno, "Hello everyone");
  await write(bruno, "Hello Anna, þú & <b>you</b> 🐟");
  await sees(anna, "Hello Anna, þú & <b>you</b> 🐟");
  assert.equal(await anna.locator(".said .text b").count(), 0, "text is text, not markup");
  say("messages reach everyone");

  await bruno.locator("#text").pressSequentially("I am");
  await anna.locator("#typing", { hasText: "Bruno is typing…" }).waitFor();
  assert.equal(await bruno.locator("#typing").textContent(), "", "the typing line is not shown to the sender");
  await write(bruno, "I am at the river");
  await sees(anna, "I am at the river");
  assert.equal(await anna.locator("#typing").textContent(), "", "a message removes the typing line");
  say("typing is shown to the others");

  await joinRoom(anna, "salmon");
  await write(anna, "Only for the room");
  await sees(anna, "Only for the room", "own");
  await write(bruno, "Not in the room yet");
  await sees(bruno, "Not in the room yet", "own");
  await openMenu(bruno);
  await bruno.getByRole("button", { name: "Join #salmon" }).click();
  await bruno.locator("#title", { hasText: "#salmon" }).waitFor();
  assert.equal(await message(bruno, "Only for the room").count(), 0, "a user outside the room does not receive its messages");
  await anna.locator("#subtitle", { hasText: "2 people in this room" }).waitFor();
  await write(bruno, "Now I am in");
  await sees(anna, "Now I am in");
  await bruno.getByRole("button", { name: "Leave", exact: true }).click();
  await anna.locator("#subtitle", { hasText: "only you are in this room" }).waitFor();
  await write(anna, "Bruno has left the room");
  await sees(anna, "Bruno has left the room", "own");
  await write(bruno, "Back with everyone");
  await sees(bruno, "Back with everyone", "own");
  assert.equal(await bruno.locator(".text", { hasText: "Bruno has left the room" }).count(), 0, "a user who left receives nothing");
  await entry(anna, "everyone", "Everyone").locator(".badge", { hasText: "2" }).waitFor();
  await anna.getByRole("button", { name: "Leave #salmon" }).click();
  await anna.locator("#title", { hasText: "Everyone" }).waitFor();
  await sees(anna, "Back with everyone");
  say("rooms are joined and left");

  await anna.getByRole("button", { name: "Private message to Bruno" }).click();
  await write(anna, "Between us");
  await log(anna).locator(".foot", { hasText: "✓ Delivered" }).waitFor();
  await openMenu(bruno);
  await entry(bruno, "people", "Anna").locator(".badge", { hasText: "1" }).waitFor();
  await entry(bruno, "people", "Anna").click();
  await sees(bruno, "Between us", "private");
  await write(bruno, "Got it");
  await log(bruno).locator(".foot", { hasText: "✓ Delivered" }).waitFor();
  await sees(anna, "Got it", "private");
  say("private messages are delivered and acknowledged");

  await bruno.context().close();
  await anna.locator("#subtitle", { hasText: "has left" }).waitFor();
  await write(anna, "Are you there?");
  await log(anna).locator(".foot", { hasText: "Not delivered" }).waitFor();
  say("a private message to a user who left is reported as failed");
  await anna.context().close();
}

async function restart(browser) {
  const anna = await visitor(browser, "Anna");
  const bruno = await visitor(browser, "Bruno", { webSocket: false, viewport: phone });
  await statusIs(anna, "Connected · WebSocket");
  await statusIs(bruno, "Connected · long-polling");
  for (const page of [anna, bruno]) {
    await page.evaluate(() => socket.io.reconnectionDelayMax(1000));
  }
  await joinRoom(anna, "salmon");
  await joinRoom(bruno, "salmon");
  await anna.locator("#subtitle", { hasText: "2 people in this room" }).waitFor();
  await anna.getByRole("button", { name: "Private message to Bruno" }).click();
  await write(anna, "Before the fall");
  await log(anna).locator(".foot", { hasText: "✓ Delivered" }).waitFor();

  for (const signal of ["SIGKILL", "SIGTERM"]) {
    await stopServer(signal);
    await statusIs(anna, "Reconnecting");
    await statusIs(bruno, "Reconnecting");
    assert.equal(await anna.getByRole("button", { name: "Send" }).isDisabled(), true, "nothing can be sent while disconnected");
    if (signal === "SIGKILL") {
      await shoot(anna, "desktop-reconnecting");
    }
    await startServer();
    await statusIs(anna, "Connected · WebSocket");
    await statusIs(bruno, "Connected · long-polling");
    await anna.locator("#subtitle", { hasText: "private" }).waitFor();
    await write(anna, `After ${signal}`);
    await log(anna).locator(".said", { hasText: `After ${signal}` }).locator(".foot", { hasText: "✓ Delivered" }).waitFor();
    await entry(anna, "rooms", "salmon").click();
    await anna.locator("#subtitle", { hasText: "2 people in this room" }).waitFor();
    await write(anna, `In the room after ${signal}`);
    await sees(bruno, `In the room after ${signal}`);
    await write(bruno, `Heard ${signal}`);
    await sees(anna, `Heard ${signal}`);
    await entry(anna, "people", "Bruno").click();
    say(`both pages continue after ${signal} and a restart`);
  }
  await anna.context().close();
  await bruno.context().close();
}

async function recovery(browser) {
  const anna = await visitor(browser, "Anna");
  const bruno = await visitor(browser, "Bruno");
  await statusIs(anna, "Connected · WebSocket");
  await statusIs(bruno, "Connected · WebSocket");
  await write(anna, "Before the tunnel");
  await sees(bruno, "Before the tunnel");
  const id = await bruno.evaluate(() => socket.id);
  await bruno.evaluate(() => {
    socket.io.reconnectionDelay(3000);
    socket.io.reconnectionDelayMax(3000);
    socket.io.engine.close();
  });
  await statusIs(bruno, "Reconnecting");
  await write(anna, "While Bruno is away");
  await statusIs(bruno, "Recovered");
  await sees(bruno, "While Bruno is away");
  assert.equal(await bruno.evaluate(() => socket.id), id, "a recovered socket keeps its id");
  await shoot(bruno, "desktop-recovered");
  await statusIs(bruno, "Connected · WebSocket");
  await write(bruno, "Here again");
  await sees(anna, "Here again");
  say("a lost connection is recovered and missed messages arrive once");
  await anna.context().close();
  await bruno.context().close();
}

async function pictures(browser) {
  const welcome = await visitor(browser, null);
  await shoot(welcome, "desktop-welcome");
  await welcome.getByLabel("Your name").fill("   ");
  await welcome.getByRole("button", { name: "Join the chat" }).click();
  await welcome.getByRole("alert").filter({ hasText: "Please choose a name." }).waitFor();
  const small = await visitor(browser, null, { viewport: phone });
  await shoot(small, "phone-welcome");

  const anna = await visitor(browser, "Anna");
  const bruno = await visitor(browser, "Bruno", { viewport: phone });
  const chidi = await visitor(browser, "Chidi", { colorScheme: "dark" });
  const dora = await visitor(browser, "Dora", { colorScheme: "dark", viewport: phone });
  for (const page of [anna, bruno, chidi, dora]) {
    await statusIs(page, "Connected · WebSocket");
  }
  const words = [
    [anna, "Good morning! The run has started: the first sockeye passed the counter at six."],
    [bruno, "Already?"],
    [bruno, "That is a week earlier than last year."],
    [chidi, "The water is warmer. I have the figures of the last ten years, shall I share them here or in a room?"],
    [dora, "A room would be good 🐟"],
    [anna, "#counts then.\nAnd somebody please look at the second camera, it shows https://example.org/a-very-long-address/that-has-no-space-at-all/and-must-not-break-the-page?x=1234567890123456789012345678901234567890"],
  ];
  for (const [page, text] of words) {
    await write(page, text);
    await sees(anna, text.split("\n")[0]);
  }
  await joinRoom(anna, "counts");
  await joinRoom(chidi, "counts");
  await write(chidi, "2026: 1,204 by noon. 2025: 311.");
  await sees(anna, "1,204 by noon");
  await openMenu(bruno);
  await bruno.getByRole("button", { name: "Private message to Anna" }).click();
  await write(bruno, "Do you need a hand with the camera?");
  await log(bruno).locator(".foot", { hasText: "✓ Delivered" }).waitFor();
  await write(anna, "Look at that. Do we trust the counter?");
  await sees(chidi, "Do we trust");
  await chidi.locator("#text").pressSequentially("The second came");
  await anna.locator("#typing", { hasText: "Chidi is typing…" }).waitFor();
  await shoot(anna, "desktop-room");
  await entry(anna, "everyone", "Everyone").click();
  await shoot(anna, "desktop-everyone");
  await entry(anna, "people", "Bruno").click();
  await write(anna, "Yes please. The ladder is in the shed.");
  await log(anna).locator(".foot", { hasText: "✓ Delivered" }).waitFor();
  await shoot(anna, "desktop-private");
  await sees(bruno, "The ladder is");
  await shoot(bruno, "phone-private");
  await openMenu(bruno);
  await entry(bruno, "everyone", "Everyone").click();
  await bruno.waitForFunction(() => document.getElementById("side").getBoundingClientRect().right <= 0);
  await shoot(bruno, "phone-everyone");
  await write(anna, "And bring the long one");
  await write(chidi, "Camera two is a spider web.");
  await entry(chidi, "everyone", "Everyone").click();
  await shoot(chidi, "desktop-dark");
  await shoot(dora, "phone-dark");
  await openMenu(bruno);
  await entry(bruno, "people", "Anna").locator(".badge").waitFor();
  await bruno.waitForFunction(() => document.getElementById("side").getBoundingClientRect().x === 0);
  await shoot(bruno, "phone-menu");
  for (const page of [anna, bruno, chidi, dora]) {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    assert.equal(wide, false, "the page does not scroll horizontally");
  }
  say(`screenshots in ${screenshots}`);
}

const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", ...(tls ? ["--ignore-certificate-errors"] : ["--disable-quic"]), "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  await startServer();
  const all = {
    websocket: () => chatsOver(browser, "WebSocket", true),
    webtransport: () => chatsOverWebTransport(browser),
    polling: () => chatsOver(browser, "long-polling", false),
    restart: () => restart(browser),
    recovery: () => recovery(browser),
    pictures: () => pictures(browser),
  };
  for (scenario of scenarios.split(",")) {
    await all[scenario]();
  }
  assert.deepEqual(errors, [], "no error in the pages");
} finally {
  await browser.close();
  await stopServer("SIGTERM");
}
