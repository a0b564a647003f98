// Drives the official client over WebTransport in headless Chromium, on a page without TLS that knows the server's certificate by its hash.
// node webtransport.mjs CHROMIUM PAGE SERVER HASH
import assert from "node:assert/strict";
import { chromium } from "playwright-core";

const [executablePath, pageUrl, server, hash] = process.argv.slice(2);
const patience = 60_000;
const say = (text) => console.log(`[webtransport] ${text}`);
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--ignore-certificate-errors"] });

async function open() {
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  page.on("pageerror", (error) => {
    // the official client leaves promises of a session that it has closed itself
    if (!/session is closed/.test(error.message)) say(`page error: ${error.stack}`);
  });
  await page.goto(pageUrl);
  await page.addScriptTag({ url: `${server}/socket.io/socket.io.js` });
  await page.evaluate(
    ([server, hash]) => {
      const value = Uint8Array.from(hash.match(/../g), (byte) => parseInt(byte, 16));
      window.connect = (transports) =>
        new Promise((resolve, reject) => {
          const socket = io(server, {
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
  const socket = await connect(["polling", "websocket", "webtransport"]);
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

const restarted = page.evaluate(async () => {
  const socket = await connect(["webtransport"]);
  const gone = new Promise((resolve) => socket.once("disconnect", resolve));
  window.ready = true;
  const reason = await gone;
  await new Promise((resolve) => socket.once("connect", resolve));
  return { transport: transportOf(socket), text: await socket.emitWithAck("text", "again"), reason };
});
await page.waitForFunction(() => window.ready);
assert.equal(await (await fetch(`${pageUrl}restart`)).text(), "done");
assert.deepEqual(await restarted, { transport: "webtransport", text: "again", reason: "transport close" });
say("reconnected after a restart of the server");

await page.evaluate(() => void connect(["webtransport"]));
await page.waitForTimeout(500);
const pid = browser.process?.()?.pid;
pid ? process.kill(pid, "SIGKILL") : await browser.close();
say("the browser was ended with sessions open");
process.exit(0);
