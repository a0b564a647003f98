// Six clients of one page in headless Chromium, two of each kind: node no-affinity.mjs CHROMIUM http://127.0.0.1:3000
// Each requests ten echoes, half of them binary, over several heartbeats, then two more with large payloads. Prints one JSON line.
import { chromium } from 'playwright-core';

const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.goto(`${url}/socket.io/socket.io.js`); // its origin is enough; the page does not run it
  await page.addScriptTag({ url: `${url}/socket.io/socket.io.js` });
  const result = await page.evaluate(async () => {
    const kinds = [['polling'], ['polling', 'websocket'], ['websocket']];
    const troubles = [];
    const transports = {};
    let echoes = 0;
    const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    const plain = (value) => (typeof value === 'string' ? value : String(new Uint8Array(value)));
    async function client(number) {
      const socket = io({ forceNew: true, reconnection: false, transports: kinds[number % 3] });
      socket.on('connect_error', (error) => troubles.push(`${number} connect_error ${error.message}`));
      socket.on('disconnect', (reason) => reason !== 'io client disconnect' && troubles.push(`${number} ${reason}`));
      await new Promise((resolve) => socket.on('connect', resolve));
      const payloads = [...Array(10).keys()].map((i) => (i % 2 ? Uint8Array.of(i, number) : `${number}-${i}`));
      for (const sent of [...payloads, 'ä'.repeat(200_000), new Uint8Array(300_000).fill(number)]) {
        const got = await socket.timeout(20_000).emitWithAck('echo', sent);
        plain(got) === plain(sent) ? echoes++ : troubles.push(`${number} got ${plain(got).slice(0, 40)}`);
        await sleep(60);
      }
      const { name } = socket.io.engine.transport;
      transports[name] = (transports[name] ?? 0) + 1;
      socket.disconnect();
    }
    const all = Promise.all([...Array(6).keys()].map(client));
    await Promise.race([all, sleep(60_000).then(() => troubles.push('nothing within 60 s'))]).catch((error) =>
      troubles.push(String(error)),
    );
    await sleep(200);
    const sorted = Object.fromEntries(Object.entries(transports).sort());
    return { echoes, transports: sorted, troubles };
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
} finally {
  await browser.close();
}
