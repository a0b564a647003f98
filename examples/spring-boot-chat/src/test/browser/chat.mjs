// Two users sign in and chat in headless Chromium; announcements are sent over REST.
// node chat.mjs CHROMIUM ADDRESS SCREENSHOTS TRANSPORT: websocket, or polling with a server that allows only polling
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

const [executablePath, address, screenshots, transport] = process.argv.slice(2);
mkdirSync(screenshots, { recursive: true });
const errors = [];
const shown = { websocket: "Connected · WebSocket", polling: "Connected · long-polling" }[transport];

async function visitor(browser, user, name, viewport) {
  const context = await browser.newContext({ viewport });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  page.heard = [];
  page.on("websocket", (socket) => {
    socket.on("framesent", ({ payload }) => page.heard.push(payload));
    socket.on("framereceived", ({ payload }) => page.heard.push(payload));
  });
  page.on("pageerror", (error) => errors.push(`${name}: ${error.stack}`));
  page.on("console", (message) => message.type() === "error" && errors.push(`${name}: ${message.text()}`));
  await page.goto(address);
  await page.locator("input[name=username]").fill(user);
  await page.locator("input[name=password]").fill("salmon");
  await page.getByRole("button", { name: "Sign in" }).click();
  // including its scripts: a form submitted before they run would reload the page
  await page.waitForURL((url) => !url.pathname.includes("login"), { waitUntil: "load" });
  await page.getByLabel("Your name").fill(name);
  await page.getByRole("button", { name: "Join the chat" }).click();
  await page.locator("#status").filter({ hasText: shown }).waitFor();
  console.log(`${name}: ${(await page.locator("#status").textContent()).trim()}`);
  return page;
}

const text = (page, words) => page.locator(".log:not([hidden]) .said .text", { hasText: words });

async function write(page, words) {
  await page.locator("#text").fill(words);
  await page.locator("#text").press("Enter");
}

async function joinRoom(page, room) {
  await page.getByLabel("Name of a room to join").fill(room);
  await page.getByLabel("Name of a room to join").press("Enter");
  await page.locator("#title", { hasText: `#${room}` }).waitFor();
}

async function announce(path, user, words) {
  const answer = await fetch(address + path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Basic " + btoa(`${user}:salmon`) },
    body: JSON.stringify({ text: words }),
  });
  return answer.status;
}

const browser = await chromium.launch({
  executablePath,
  headless: true,
  args: [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  const welcome = await browser.newPage();
  await welcome.goto(address);
  await welcome.getByRole("button", { name: "Sign in" }).waitFor();
  await welcome.screenshot({ path: join(screenshots, `spring-${transport}-sign-in.png`) });

  const anna = await visitor(browser, "anna", "Anna", { width: 1180, height: 760 });
  const bruno = await visitor(browser, "bruno", "Bruno", { width: 1180, height: 760 });
  await write(anna, "Hello from Spring");
  await text(bruno, "Hello from Spring").waitFor();
  const carried = () => [anna, bruno].every((page) => page.heard.some((frame) => frame.includes("Hello from Spring")));
  // the browser reports frames slightly after they arrive
  for (let i = 0; i < 200 && transport === "websocket" && !carried(); i++) await setTimeout(100);
  assert.equal(carried(), transport === "websocket", "whether the message was sent over a WebSocket");
  console.log(`messages reach the other page by ${transport}`);

  assert.equal(await announce("api/announcements", "anna", "Tea is ready"), 202);
  await text(anna, "Tea is ready").waitFor();
  await text(bruno, "Tea is ready").waitFor();
  await bruno.screenshot({ path: join(screenshots, `spring-${transport}-everyone.png`) });
  assert.equal(await announce("api/announcements", "bruno", "Not for me to say"), 403);
  console.log("an administrator can send announcements to all users, others cannot");

  await joinRoom(anna, "tea");
  assert.equal(await announce("api/rooms/tea/announcements", "anna", "Only at the table"), 202);
  await text(anna, "Only at the table").waitFor();
  await anna.screenshot({ path: join(screenshots, `spring-${transport}-room.png`) });
  await write(bruno, "And now?");
  await text(bruno, "And now?").waitFor();
  assert.equal(await bruno.locator(".text", { hasText: "Only at the table" }).count(), 0);
  console.log("an announcement to a room reaches only that room");

  await anna.getByRole("button", { name: "Private message to Bruno" }).click();
  await write(anna, "Between us");
  await anna.locator(".log:not([hidden]) .foot", { hasText: "✓ Delivered" }).waitFor();
  console.log("a private message is acknowledged");
  assert.equal(anna.heard.length + bruno.heard.length > 0, transport === "websocket", "whether WebSockets were opened");
  assert.deepEqual(errors, [], "no error in the pages");
} finally {
  await browser.close();
}
