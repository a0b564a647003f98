// Twelve clients, four of each kind, at one URL: node no-affinity.mjs http://127.0.0.1:3000
// Each requests ten echoes, half of them binary, over several heartbeats, then two more with large payloads. Prints one JSON line.
import { io } from 'socket.io-client';

const [url] = process.argv.slice(2);
const kinds = [['polling'], ['polling', 'websocket'], ['websocket']];
const troubles = [];
const transports = {};
let echoes = 0;
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function client(number) {
  const socket = io(url, { forceNew: true, reconnection: false, transports: kinds[number % 3] });
  socket.on('connect_error', (error) => troubles.push(`${number} connect_error ${error.message}`));
  socket.on('disconnect', (reason, details) => {
    const { description: cause, context } = details ?? {};
    if (reason !== 'io client disconnect') {
      troubles.push(`${number} ${reason} ${cause?.message ?? cause} ${context?.status ?? ''} ${context?.responseText ?? ''}`);
    }
  });
  await new Promise((resolve) => socket.on('connect', resolve));
  for (let i = 0; i < 10; i++) {
    const sent = i % 2 ? Buffer.from([i, number]) : `${number}-${i}`;
    const got = await socket.timeout(10_000).emitWithAck('echo', sent);
    String(got) === String(sent) ? echoes++ : troubles.push(`${number} got ${got}`);
    await sleep(60);
  }
  for (const sent of ['ä'.repeat(200_000), Buffer.alloc(300_000, number)]) {
    const got = await socket.timeout(10_000).emitWithAck('echo', sent);
    String(got) === String(sent) ? echoes++ : troubles.push(`${number} got ${got.length} of ${sent.length}`);
  }
  const { name } = socket.io.engine.transport;
  transports[name] = (transports[name] ?? 0) + 1;
  socket.disconnect();
}

const all = Promise.all([...Array(12).keys()].map(client));
await Promise.race([all, sleep(30_000).then(() => troubles.push('nothing within 30 s'))]).catch((error) =>
  troubles.push(String(error)),
);
const sorted = Object.fromEntries(Object.entries(transports).sort());
process.stdout.write(`${JSON.stringify({ echoes, transports: sorted, troubles })}\n`);
await sleep(200);
process.exit(0);
