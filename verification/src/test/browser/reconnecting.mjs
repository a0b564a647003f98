// The clients of ../js/reconnecting.mjs in a page: node reconnecting.mjs CHROMIUM http://127.0.0.1:3000; same lines.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { sixClients } from '../js/reconnecting-clients.mjs';

const [executablePath, url] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage();
await page.goto(`${url}/socket.io/socket.io.js`); // its origin is enough; the page does not run it
await page.addScriptTag({ url: `${url}/socket.io/socket.io.js` });
await page.evaluate(`window.clients = (${sixClients})(io, location.origin)`);
await page.evaluate(() => clients.settled(0));
process.stdout.write('ready\n');
let moves = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('news? ')) {
    const result = await page.evaluate((number) => clients.received(number), Number(line.slice(6)));
    process.stdout.write(`news ${JSON.stringify(result)}\n`);
  } else {
    const result = await page.evaluate((lost) => clients.settled(lost), ++moves);
    process.stdout.write(`moved ${JSON.stringify(result)}\n`);
  }
}
await browser.close();
process.exit(0);
