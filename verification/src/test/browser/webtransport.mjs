// Drives the official client over WebTransport in headless Chromium, on a page without TLS that pins the server certificate by its hash.
// node webtransport.mjs CHROMIUM PAGE SERVER HASH
// SESSIONS=200 in the environment: how many are open when the server is restarted, and when the browser is killed; default 20.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { chromium } from "playwright-core";

const [executablePath, pageUrl, server, hash] = process.argv.slice(2);
const patience = 60_000;
const sessions = Number(process.env.SESSIONS ?? 20);
const say = (text) => console.log(`[webtransport] ${text}`);
const launched = await chromium.launchServer({ executablePath, args: ["--no-sandbox", "--ignore-certificate-errors"] });
const browser = await chromium.connect(launched.wsEndpoint());

async function open() {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
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
