// The JavaScript side of the help desk (rewrite/src/test/resources/helpdesk): two customers or agents and a supervisor work for a
// day. Run against the application before its migration and after it, unchanged: node helpdesk.mjs URL
// Prints one JSON object: the events that each client received and the acknowledgements, in order.
import { io } from 'socket.io-client';

const [url] = process.argv.slice(2);
const PATIENCE = 60_000;
const transcript = { answers: [] };
setTimeout(() => {
  console.error(`the help desk did not answer within ${PATIENCE} ms; until then: ${JSON.stringify(transcript)}`);
  process.exit(1);
}, PATIENCE);

function client(name, namespace, token) {
  const socket = io(url + namespace, { query: { token }, forceNew: true, reconnection: false });
  const received = (transcript[name] = []);
  const waiting = [];
  const keep = (...entry) => {
    received.push(entry);
    waiting.forEach((look) => look());
  };
  socket.onAny((event, ...args) => keep(event, ...args.filter((arg) => typeof arg !== 'function')));
  socket.on('disconnect', (reason) => keep('disconnect', reason));
  socket.on('connect_error', () => keep('refused'));
  return {
    socket,
    receives: (event) =>
      new Promise((resolve) => {
        const look = () => received.some(([each]) => each === event) && resolve();
        waiting.push(look);
        look();
      }),
    ask: (event, ...args) =>
      new Promise((resolve) =>
        socket.emit(event, ...args, (...answer) => {
          transcript.answers.push([event, ...answer]);
          resolve();
        }),
      ),
  };
}

const stranger = client('stranger', '/', 'wrong');
await stranger.receives('refused');
const ann = client('ann', '/', 't1');
await ann.receives('welcome');
const ben = client('ben', '/', 't2');
await ben.receives('welcome');

await ben.ask('become agent');
await ann.ask('open ticket', { subject: 'printer' });
await ben.receives('ticket');
await ann.ask('take ticket', 1);
await ben.ask('take ticket', 1);
await ann.receives('taken');
await ben.receives('taken');
await ben.ask('write', { ticket: 1, text: 'is it on?' });
await ann.receives('message');
await ben.ask('write', { ticket: 7, text: 'hello?' });
ann.socket.on('question', (text, answer) => answer(`yes, ${text}`));
await ben.ask('ask', { client: ann.socket.id, text: 'really?' });
ann.socket.emit('typing', 1);
await ben.receives('typing');
ann.socket.emit('ping me');
await ann.receives('pong');

const eve = client('eve', '/supervisors', 't1');
await eve.receives('state');
await eve.ask('announce', 'closed at six');
await ann.receives('announcement');
await ben.receives('announcement');
eve.socket.emit('kick', ann.socket.id);
await ann.receives('disconnect');
await ben.receives('left');
await ben.ask('close ticket', 1);
await ben.receives('closed');
await ben.ask('close ticket', 1);

console.log(JSON.stringify(transcript));
process.exit(0);
