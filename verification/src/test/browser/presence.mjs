// Two pages of the presence example in headless Chromium.
// node presence.mjs CHROMIUM SCREENSHOTS JAVA ARGUMENTS...; the server prints the address of its page.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, screenshots, java, ...args] = process.argv.slice(2);
const patience = 60_000;
mkdirSync(screenshots, { recursive: true });

const server = spawn(java, args, { stdio: ["ignore", "pipe", "inherit"] });
const address = await new Promise((resolve, reject) => {
  let output = "";
  server.stdout.on("data", (data) => {
    output += data;
    const found = /http:\S+/.exec(output);
    if (found) resolve(found[0]);
  });
  server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
});

const errors = [];
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
try {
  const enter = async (name) => {
    const context = await browser.newContext({ viewport: { width: 900, height: 520 } });
    context.setDefaultTimeout(patience);
    const page = await context.newPage();
    page.on("pageerror", (error) => errors.push(`${name}: ${error}`));
    await page.goto(address);
    await page.fill("#login input", name);
    await page.click("#login button");
    await page.waitForSelector("#login", { state: "hidden" });
    return page;
  };
  const ada = await enter("Ada");
  const bob = await enter("Bob");
  for (const page of [ada, bob]) {
    await page.waitForSelector("li:has-text('Ada')");
    await page.waitForSelector("li:has-text('Bob')");
    assert.equal(await page.textContent("#count"), "2");
  }

  await bob.fill("#status", "catching salmon");
  await bob.press("#status", "Enter");
  await ada.waitForSelector("li:has-text('catching salmon')");

  await bob.mouse.move(500, 200);
  await ada.waitForSelector(".cursor:has-text('Bob')");
  const place = () => ada.evaluate(() => document.querySelector(".cursor").style.transform);
  const first = await place();
  for (let i = 0; i < 10; i++) {
    await bob.mouse.move(500 + 20 * i, 200 + 10 * i);
    await bob.waitForTimeout(40);
  }
  await ada.waitForFunction((before) => document.querySelector(".cursor").style.transform !== before, first);
  await ada.waitForFunction(() => document.querySelector("#red span").textContent === "2");
  await ada.screenshot({ path: join(screenshots, "presence-ada.png") });

  // a reload is not reported as leaving
  await ada.evaluate(() => {
    window.left = [];
    socket.on("presence:offline", (presence, id) => window.left.push(id));
  });
  await bob.reload();
  await bob.fill("#login input", "Bob");
  await bob.click("#login button");
  await bob.click("#blue");
  await ada.waitForFunction(() => document.querySelector("#blue span").textContent === "1");
  assert.equal(await ada.textContent("#count"), "2");
  await bob.screenshot({ path: join(screenshots, "presence-bob.png") });

  await bob.evaluate(() => socket.emit("logout"));
  await ada.waitForFunction(() => document.querySelector("#count").textContent === "1");
  assert.deepEqual(await ada.evaluate(() => window.left), ["Bob"]);
  assert.deepEqual(errors, []);
  console.log("[presence] two pages saw each other, their cursors and the logout");
} finally {
  await browser.close();
  server.kill();
}
