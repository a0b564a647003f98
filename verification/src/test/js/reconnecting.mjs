// Six clients of npm that lose their server several times: node reconnecting.mjs http://127.0.0.1:3000
// Prints "ready" when each is upgraded and has received an echo. Then for each line on standard input:
// "moved?": waits until each has been disconnected once more, is connected again and has received an echo; prints "moved" and JSON.
// "news? N": waits until each has received the event news with N; prints "news" and JSON.
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';
import { sixClients } from './reconnecting-clients.mjs';

const [url] = process.argv.slice(2);
const clients = sixClients(io, url);
await clients.settled(0);
process.stdout.write('ready\n');
let moves = 0;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('news? ')) {
    process.stdout.write(`news ${JSON.stringify(await clients.received(Number(line.slice(6))))}\n`);
  } else {
    process.stdout.write(`moved ${JSON.stringify(await clients.settled(++moves))}\n`);
  }
}
process.exit(0);
