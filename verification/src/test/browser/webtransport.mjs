// Drives the official client over WebTransport in headless Chromium, on a page without TLS that pins the server certificate by its hash.
// node webtransport.mjs CHROMIUM PAGE SERVER HASH
// SESSIONS=200 in the environment: how many are open when the server is restarted, and when the browser is killed; default 20.
// PAGES=200: how many pages of the browser are open at the same time, with a session each; default 6.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { chromium } from "playwright-core";

const [executablePath, pageUrl, server, hash] = process.argv.slice(2);
const patience = 60_000;
const sessions = Number(process.env.SESSIONS ?? 20);
const pageCount = Number(process.env.PAGES ?? 6);
const say = (text) => console.log(`[webtransport] ${text}`);
const launched = await chromium.launchServer({ executablePath, args: ["--no-sandbox", "--ignore-certificate-errors", "--renderer-process-limit=3"] });
const browser = await chromium.connect(launched.wsEndpoint());

const context = await browser.newContext({ ignoreHTTPSErrors: true }); // one, so that its pages share processes

async function open() {
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("pageerror", (error) => {
    // the official client does not handle rejected promises of a session that it has closed itself
    if (error.stack && !/session is closed/.test(error.message)) say(`page error: ${error.stack}`);
  });
  await page.goto(pageUrl);
  await page.addScriptTag({ url: `${server}/socket.io/socket.io.js` });
  await page.evaluate(
    ([server, hash]) => {
      const value = Uint8Array.from(hash.match(/../g), (byte) => parseInt(byte, 16));
      window.connect = (transports, url = server) =>
        new Promise((resolve, reject) => {
          const socket = io(url, {
            transports,
            forceNew: true,
            reconnectionDelay: 200,
            transportOptions: { webtransport: { serverCertificateHashes: [{ algorithm: "sha-256", value }] } },
          });
          socket.once("connect", () => resolve(socket));
          socket.once("connect_error", (error) => reject(new Error(`${error.message}: ${error.description}`)));
        });
      window.until = async (condition, what) => {
        for (let i = 0; !condition(); i++) {
          if (i > 600) throw new Error(`not in time: ${what}`);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
      };
      window.transportOf = (socket) => socket.io.engine.transport.name;
    },
    [server, hash],
  );
  return page;
}

const page = await open();

const direct = await page.evaluate(async () => {
  const socket = await connect(["webtransport"]);
  const text = await socket.emitWithAck("text", "grüße €");
  const binary = new Uint8Array(await socket.emitWithAck("binary", Uint8Array.of(1, 2, 3)));
  const big = new Uint8Array(900_000).map((_, i) => i * 7);
  const echoed = new Uint8Array(await socket.emitWithAck("binary", big));
  const same = echoed.length === big.length && echoed.every((byte, i) => byte === big[i]);
  let pings = 0;
  socket.io.on("ping", () => pings++);
  await until(() => pings > 1, "two heartbeats");
  return { transport: transportOf(socket), text, binary: [...binary], same, connected: socket.connected, close: socket.close().disconnected };
});
assert.deepEqual(direct, { transport: "webtransport", text: "grüße €", binary: [1, 2, 3], same: true, connected: true, close: true });
say("a direct session: text, binary, 900 kB, heartbeat, closed by the client");

const upgraded = await page.evaluate(async () => {
  const socket = await connect(["polling", "webtransport"]); // with websocket, the faster probe would win
  const before = socket.io.engine.transport.name;
  await until(() => transportOf(socket) !== "polling", "the upgrade");
  const text = await socket.emitWithAck("text", "upgraded");
  const last = new Promise((resolve) => socket.once("last", (long, text) => resolve(`${long.length} ${text}`)));
  const gone = new Promise((resolve) => socket.once("disconnect", resolve));
  socket.emit("leave", "bye");
  return { before, after: transportOf(socket), text, last: await last, reason: await gone };
});
assert.deepEqual(upgraded, { before: "polling", after: "webtransport", text: "upgraded", last: "100000 bye", reason: "io server disconnect" });
say("upgraded from polling, 100 kB and a last message before the server closed");

const many = await page.evaluate(async () => {
  const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(["webtransport"])));
  const lasts = sockets.map((socket) => new Promise((resolve) => socket.once("last", (long, text) => resolve(text))));
  sockets.forEach((socket, i) => socket.emit("leave", String(i)));
  return (await Promise.all(lasts)).map(Number).every((text, i) => text === i);
});
assert.ok(many);
say("20 sessions closed by the server lost nothing");

// ---- many pages, opened a few at a time

const started = Date.now();
const serverCount = async () => Number(await (await fetch(`${pageUrl}count`)).text());
const heap = async () => Number(await (await fetch(`${pageUrl}heap`)).text());
const heapBefore = await heap();
const manyPages = [];
while (manyPages.length < pageCount) {
  const next = Array.from({ length: Math.min(4, pageCount - manyPages.length) }, open);
  for (const [i, each] of (await Promise.all(next)).entries()) {
    const text = `page ${manyPages.length + i}`;
    const seen = await each.evaluate(async (text) => {
      window.socket = await connect(["webtransport"]);
      return [transportOf(window.socket), await window.socket.emitWithAck("text", text)];
    }, text);
    assert.deepEqual(seen, ["webtransport", text]);
    manyPages.push(each);
  }
}
assert.equal(await serverCount(), pageCount, "all are open");
const heapOpen = await heap();
for (const [i, each] of manyPages.entries()) {
  const same = await each.evaluate(async (i) => {
    const echoed = new Uint8Array(await window.socket.timeout(60_000).emitWithAck("binary", new Uint8Array(10_000).fill(i)));
    return echoed.length === 10_000 && echoed.every((byte) => byte === i % 256);
  }, i);
  assert.ok(same);
}
// a third each: closed by the client, closed by the server, closed with the page
for (const [i, each] of manyPages.entries()) {
  if (i % 3 === 0) await each.evaluate(() => window.socket.close());
  if (i % 3 === 1) {
    await each.evaluate(async () => {
      const last = new Promise((resolve) => window.socket.once("last", resolve));
      window.socket.emit("leave", "bye");
      await last;
    });
  }
  await each.close();
}
while ((await serverCount()) > 0) await new Promise((resolve) => setTimeout(resolve, 100));
say(`${pageCount} pages with a session each, all open at the same time, then closed in three ways: ${((Date.now() - started) / 1000).toFixed(1)} s`);
say(`heap in KB before, while all are open, and afterwards: ${[heapBefore, heapOpen, await heap()].map((bytes) => Math.round(bytes / 1024)).join(", ")}`);

// ---- a router that assigns another port to the client

const upstream = { host: "127.0.0.1", port: Number(new URL(server).port) };
const inside = dgram.createSocket("udp4");
let outside;
let client;
function rebind() {
  outside?.close();
  outside = dgram.createSocket("udp4");
  outside.on("message", (packet) => inside.send(packet, client.port, client.address));
}
rebind();
inside.on("message", (packet, from) => {
  client = from;
  outside.send(packet, upstream.port, upstream.host);
});
await new Promise((resolve) => inside.bind(0, "127.0.0.1", resolve));
await page.evaluate(async (url) => {
  window.moving = await connect(["webtransport"], url);
  window.lost = [];
  window.moving.on("disconnect", (reason) => window.lost.push(reason));
}, `https://127.0.0.1:${inside.address().port}`);
for (let i = 0; i < 4; i++) {
  const echoed = await page.evaluate(async () => {
    const big = new Uint8Array(200_000).map((_, i) => i * 7);
    const echoed = new Uint8Array(await window.moving.timeout(20_000).emitWithAck("binary", big));
    return echoed.every((byte, i) => byte === big[i]) ? window.lost : ["not the same"];
  });
  assert.deepEqual(echoed, []);
  rebind();
}
assert.equal(await page.evaluate(() => window.moving.timeout(20_000).emitWithAck("text", "on")), "on");
assert.deepEqual(await page.evaluate(() => (window.moving.removeAllListeners(), window.moving.close(), window.lost)), []);
say("a session continued after its client's port had changed four times");
outside.close();
inside.close();

// ---- the server is restarted, and the browser killed, with many sessions

const pages = [page];
while (pages.length * 20 < sessions) pages.push(await open());
const restarted = pages.map((each) =>
  each.evaluate(async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(["webtransport"])));
    const gone = sockets.map((socket) => new Promise((resolve) => socket.once("disconnect", resolve)));
    const back = sockets.map((socket, i) => gone[i].then(() => new Promise((resolve) => socket.once("connect", resolve))));
    window.ready = true;
    const reasons = await Promise.all(gone);
    await Promise.all(back);
    const texts = await Promise.all(sockets.map((socket) => socket.timeout(30_000).emitWithAck("text", "again")));
    return [...new Set([...reasons, ...texts, ...sockets.map(transportOf)])];
  }),
);
for (const each of pages) await each.waitForFunction(() => window.ready);
assert.equal(await (await fetch(`${pageUrl}restart`)).text(), "done");
for (const each of restarted) {
  const seen = await each;
  // a client that is writing at that moment, a pong for example, reports its failed write
  assert.deepEqual(seen.filter((what) => !/^transport (close|error)$/.test(what)), ["again", "webtransport"]);
}
say(`${pages.length * 20} sessions of ${pages.length} pages reconnected after a restart of the server`);
assert.equal(Number(await (await fetch(`${pageUrl}count`)).text()), pages.length * 20);

launched.process().kill("SIGKILL");
say("the browser was killed with all sessions open");
process.exit(0);
