// Six clients, two of each kind, that lose their server several times: node reconnecting.mjs http://127.0.0.1:3000
// Prints "ready" when each is upgraded and has received an echo. After each line on standard input it waits until each client has
// been disconnected once more, is connected again and has received an echo, and prints "moved" with the reasons and errors as JSON.
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const [url] = process.argv.slice(2);
const kinds = [['polling'], ['polling', 'websocket'], ['websocket']];
const reasons = {};
const troubles = [];
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function client(number) {
  const socket = io(url, {
    forceNew: true,
    transports: kinds[number % 3],
    reconnectionDelay: 100,
    reconnectionDelayMax: 500,
  });
  socket.lost = 0;
  socket.on('connect_error', (error) => troubles.push(`${number} connect_error ${error.message}`));
  socket.on('disconnect', (reason) => {
    socket.lost++;
    reasons[reason] = (reasons[reason] ?? 0) + 1;
  });
  return socket;
}

async function settled(socket, number, lost) {
  const last = kinds[number % 3].at(-1);
  for (const end = Date.now() + 30_000; Date.now() < end; await sleep(20)) {
    // later the probe of an upgrade may meet the server that goes; the client then stays with polling
    const there = socket.connected && (lost > 0 || socket.io.engine.transport.name === last);
    if (socket.lost >= lost && there) {
      try {
        await socket.timeout(2_000).emitWithAck('echo', `${number}-${lost}`);
        return;
      } catch {
        // disconnected again, or the answer was lost with the server
      }
    }
  }
  troubles.push(`${number} nothing within 30 s, ${socket.lost} times disconnected`);
}

const sockets = [...Array(6).keys()].map(client);
await Promise.all(sockets.map((socket, number) => settled(socket, number, 0)));
process.stdout.write('ready\n');
let moves = 0;
for await (const line of createInterface({ input: process.stdin })) {
  moves++;
  await Promise.all(sockets.map((socket, number) => settled(socket, number, moves)));
  process.stdout.write(`moved ${JSON.stringify({ reasons, troubles })}\n`);
}
process.exit(0);
