// Two pages of examples/cluster in headless Chromium, one with HTTP polling only; then the server of each is killed.
// node cluster.mjs CHROMIUM SCREENSHOTS RUN; RUN is examples/cluster/run, SOCKEYE_CLASSPATH is set.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { createConnection } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const [executablePath, screenshots, run] = process.argv.slice(2);
const patience = 60_000;
mkdirSync(screenshots, { recursive: true });

function say(text) {
  console.log(`[cluster] ${text}`);
}

function taken(port) {
  return new Promise((resolve) => {
    const probe = createConnection(port, "127.0.0.1");
    probe.once("connect", () => (probe.destroy(), resolve(true)));
    probe.once("error", () => resolve(false));
  });
}

async function freePorts() {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000);
    const all = await Promise.all([0, 1, 2, 3, 4].map((offset) => taken(first + offset)));
    if (!all.includes(true)) {
      return first;
    }
  }
}

const port = await freePorts();
const cluster = spawn(run, [String(port)], { stdio: ["ignore", "pipe", "pipe"], detached: true });
const servers = {};
let output = "";
const ready = new Promise((resolve, reject) => {
  const read = (data) => {
    output += data;
    for (const [, name, pid] of output.matchAll(/(server \d) is process (\d+)/g)) {
      servers[name] = Number(pid);
    }
    if (output.includes("in two browsers")) {
      resolve();
    }
  };
  cluster.stdout.on("data", read);
  cluster.stderr.on("data", read);
  cluster.once("exit", (code) => reject(new Error(`the cluster ended with ${code}: ${output}`)));
});

const errors = [];

async function visitor(browser, webSocket) {
  const context = await browser.newContext({ viewport: { width: 700, height: 420 } });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  if (!webSocket) {
    await page.addInitScript(() => Object.defineProperty(window, "WebSocket", { value: undefined }));
  }
  page.opened = 0;
  page.on("websocket", () => page.opened++);
  page.on("pageerror", (error) => errors.push(error.stack));
  await page.goto(`http://127.0.0.1:${port}/`);
  await on(page);
  return page;
}

/** The server that a page is on, when it is on one. */
async function on(page) {
  const name = page.locator("#server", { hasText: /^server \d$/ });
  await name.waitFor();
  return name.innerText();
}

async function send(page, text) {
  await page.fill("input", text);
  await page.press("input", "Enter");
}

async function sees(page, text) {
  await page.locator("li", { hasText: text }).first().waitFor();
  assert.equal(await page.locator("li", { hasText: text }).count(), 1, `"${text}" once`);
}

let browser;
try {
  await ready;
  say(`listens on ${port}`);
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const one = await visitor(browser, true);
  let two = await visitor(browser, false);
  for (let i = 0; i < 20 && (await on(two)) === (await on(one)); i++) {
    await two.context().close(); // its cookie refers to the same server
    two = await visitor(browser, false);
  }
  say(`websocket on ${await on(one)}, polling on ${await on(two)}`);
  assert.notEqual(await on(one), await on(two));
  await send(one, "from websocket");
  await sees(one, "from websocket");
  await sees(two, "from websocket");
  await send(two, "from polling");
  await sees(one, "from polling");
  await sees(two, "from polling");
  await one.screenshot({ path: join(screenshots, "cluster-before.png") });

  for (const page of [two, one]) {
    const name = page === two ? "polling" : "websocket";
    const before = await on(page);
    process.kill(servers[before], "SIGKILL");
    // both pages may have been connected to it; a disconnected page does not receive what is sent meanwhile
    for (const moving of [one, two]) {
      await moving.locator("#server").filter({ hasNotText: before }).waitFor();
      await on(moving);
    }
    const after = await on(page);
    say(`${before} is killed, ${name} is on ${after}`);
    assert.notEqual(after, before);
    await send(page, `after ${before}, ${name}`);
    await sees(one, `after ${before}, ${name}`);
    await sees(two, `after ${before}, ${name}`);
  }
  await two.screenshot({ path: join(screenshots, "cluster-after.png") });
  assert.ok(one.opened > 0, "the first page used WebSocket");
  assert.equal(two.opened, 0, "the second page used polling only");
  assert.deepEqual(errors, []);
  await browser.close();

  cluster.removeAllListeners("exit");
  process.kill(-cluster.pid, "SIGINT"); // as Ctrl-C does
  await once(cluster, "exit");
  for (let i = 0; i < 5; i++) {
    assert.ok(!(await taken(port + i)), `port ${port + i} is free again`);
  }
  const noise = output.split("\n").filter((line) => line && !/^(server \d|open http)|Killed|Redis|refused/.test(line));
  assert.deepEqual(noise, [], "there is no other output");
  say("stopped, no process is left");
} catch (error) {
  console.error(error);
  console.error(output);
  process.exitCode = 1;
} finally {
  await browser?.close();
  if (cluster.exitCode === null && cluster.signalCode === null) {
    process.kill(-cluster.pid, "SIGTERM");
    await once(cluster, "exit");
  }
}
process.exit();
