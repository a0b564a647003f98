// Takes the screenshots of the documentation.
// node screenshots.mjs CHROMIUM FOLDER COMMAND... where COMMAND starts the servers and prints their names and addresses.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [executablePath, folder, program, ...args] = process.argv.slice(2);
const mostBytes = 150 * 1024;
const desktop = { width: 960, height: 600 };
const phone = { width: 390, height: 720 };
mkdirSync(folder, { recursive: true });

const servers = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"], detached: true });
const address = {};
const begun = new Promise((resolve, reject) => {
  servers.once("exit", (code) => reject(new Error(`the servers ended with ${code}`)));
  createInterface({ input: servers.stdout }).on("line", (line) => {
    const [name, url] = line.split(" ");
    if (name === "ready") resolve();
    else address[name] = url;
  });
});

let browser;

async function open(url, viewport = desktop) {
  const context = await browser.newContext({ viewport, colorScheme: "light", reducedMotion: "reduce" });
  context.setDefaultTimeout(Number(process.env.PATIENCE ?? 60_000));
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

async function picture(page, name) {
  const path = join(folder, `${name}.png`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path, animations: "disabled", caret: "hide" });
  const { size } = statSync(path);
  assert.ok(size < mostBytes, `${path} has ${size} bytes, more than ${mostBytes}`);
  console.log(`${path}: ${Math.round(size / 1024)} KiB`);
}

async function tutorial() {
  const small = { width: 560, height: 320 };
  const ada = await open(`${address.tutorial}/?name=Ada`, small);
  const bob = await open(`${address.tutorial}/?name=Bob`, small);
  const say = async (page, name, text) => {
    await page.fill("#input", text);
    await page.press("#input", "Enter");
    for (const each of [ada, bob]) {
      await each.locator("#messages li", { hasText: `${name}: ${text}` }).waitFor();
    }
  };
  await say(ada, "Ada", "Hello, is anybody here?");
  await say(bob, "Bob", "Yes. I have just opened the page in a second window.");
  await say(ada, "Ada", "Then it works!");
  await bob.fill("#input", "And it took only six steps");
  await picture(bob, "tutorial-chat");
}

async function chat() {
  const enter = async (name, viewport) => {
    const page = await open(address.chat, viewport);
    await page.getByLabel("Your name").fill(name);
    await page.getByRole("button", { name: "Join the chat" }).click();
    await page.locator("#status").filter({ hasText: "Connected · WebSocket" }).waitFor();
    return page;
  };
  const anna = await enter("Anna");
  const bruno = await enter("Bruno", phone);
  const chidi = await enter("Chidi");
  const log = (page) => page.locator(".log:not([hidden])");
  const say = async (page, text, witness = anna) => {
    await page.locator("#text").fill(text);
    await page.locator("#text").press("Enter");
    await log(witness).locator(".said .text", { hasText: text }).waitFor();
  };
  const room = async (page, name) => {
    await page.getByLabel("Name of a room to join").fill(name);
    await page.getByLabel("Name of a room to join").press("Enter");
    await page.locator("#title", { hasText: `#${name}` }).waitFor();
  };
  await say(anna, "Good morning! The first sockeye passed the counter at six.");
  await say(bruno, "A week earlier than last year.");
  await say(chidi, "The water is warmer. The figures are in #counts.");
  await say(anna, "Thank you, I will have a look.");
  await log(bruno).locator(".said .text", { hasText: "have a look" }).waitFor();
  await picture(bruno, "chat-phone");
  await room(anna, "counts");
  await room(chidi, "counts");
  await say(chidi, "2026: 1,204 by noon. 2025: 311.");
  await say(anna, "That is nearly four times as many. Do we trust the counter?");
  await chidi.locator("#text").pressSequentially("The second camera");
  await anna.locator("#typing", { hasText: "Chidi is typing…" }).waitFor();
  await picture(anna, "chat-room");
}

async function presence() {
  const small = { width: 760, height: 440 };
  const enter = async (name) => {
    const page = await open(address.presence, small);
    await page.fill("#login input", name);
    await page.click("#login button");
    await page.waitForSelector("#login", { state: "hidden" });
    return page;
  };
  const ada = await enter("Ada");
  const bob = await enter("Bob");
  const cid = await enter("Cid");
  await ada.waitForSelector("li:has-text('Cid')");
  await bob.fill("#status", "catching salmon");
  await bob.press("#status", "Enter");
  await ada.waitForSelector("li:has-text('catching salmon')");
  for (const [page, name, x, y] of [[bob, "Bob", 480, 200], [cid, "Cid", 600, 320]]) {
    const cursor = ada.locator(".cursor", { hasText: name });
    for (let i = 0; i < 200 && !((await cursor.count()) > 0 && (await cursor.isVisible())); i++) {
      await page.mouse.move(x + (i % 2), y);
      await page.waitForTimeout(50);
    }
    await cursor.waitFor();
  }
  await ada.waitForFunction(() => document.querySelector("#red span").textContent === "3");
  await picture(ada, "presence");
}

try {
  await begun;
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const scenes = { tutorial, chat, presence };
  for (const scene of (process.env.SCENES ?? Object.keys(scenes).join()).split(",")) {
    await scenes[scene]();
  }
} finally {
  await browser?.close();
  process.kill(-servers.pid, "SIGTERM");
}
