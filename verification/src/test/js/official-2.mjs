// The official client 2.x (protocol 3) against Sockeye.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import io from 'socket.io-client-2';
import { silentProxy } from './silent-proxy.mjs';

export const scenarios = [];
const scenario = (name, run) => scenarios.push([name, run]);

const once = (socket, event) =>
  new Promise((resolve) => socket.once(event, (...args) => resolve(args.length > 1 ? args : args[0])));
const emitWithAck = (socket, ...args) =>
  new Promise((resolve) => socket.emit(...args, (...all) => resolve(all.length > 1 ? all : all[0])));

function open({ urls, keep }, options, namespace = '', server = 'eio3') {
  const socket = keep(io(urls[server] + namespace, { forceNew: true, reconnection: false, ...options }));
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', reject);
    socket.once('connect_error', reject);
  });
}

const TRANSPORTS = {
  polling: { transports: ['polling'] },
  'polling base64': { transports: ['polling'], forceBase64: true },
  websocket: { transports: ['websocket'] },
  upgrade: { transports: ['polling', 'websocket'] },
};
const nested = () => ({ text: 'ä€😀', file: randomBytes(2000), list: [1, null, randomBytes(3), { deep: [false] }] });

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  // behaviour: sio.v2-compatibility.01
  scenario(`2.x ${transport}: connects to the main namespace automatically`, async (c) => {
    const socket = await open(c, options);
    const who = await emitWithAck(socket, 'who');
    assert.equal(who.protocol, 3);
    assert.equal(who.id, socket.id);
  });

  scenario(`2.x ${transport}: values, Unicode text and bytes are transferred in both directions`, async (c) => {
    const socket = await open(c, options);
    const args = [1, 'utf8 — ä€😀', null, [true], { a: 'ü'.repeat(1000) }];
    assert.deepEqual(await emitWithAck(socket, 'echo', ...args), args);
    const value = nested();
    assert.deepEqual(await emitWithAck(socket, 'echo', value, 'x'), [value, 'x']);
    socket.on('question', (...all) => all.pop()(...all));
    socket.emit('ask-me', value, '😀');
    assert.deepEqual(await once(socket, 'your-answer'), [value, '😀']);
  });

  scenario(`2.x ${transport}: many events arrive in order`, async (c) => {
    const socket = await open(c, options);
    const seen = [];
    const all = new Promise((resolve) =>
      socket.on('echo-back', (n) => {
        seen.push(n);
        if (seen.length === 300) resolve();
      }));
    for (let i = 0; i < 300; i++) {
      if (i % 50 === 25) socket.emit('echo', i, Buffer.from([i & 255]));
      else socket.emit('echo', i);
    }
    await all;
    assert.deepEqual(seen, Array.from({ length: 300 }, (_, i) => i));
  });

  // behaviour: sio.v2-compatibility.02
  scenario(`2.x ${transport}: a custom namespace with a query`, async (c) => {
    const socket = await open(c, options, '/custom?token=abc&n=1');
    const handshake = await emitWithAck(socket, 'handshake');
    assert.equal(handshake.auth.token, 'abc');
    assert.equal(handshake.auth.n, '1');
  });

  scenario(`2.x ${transport}: a refusal by a middleware is the message only`, async ({ urls, keep }) => {
    const socket = keep(io(`${urls.eio3}/guarded`, { forceNew: true, reconnection: false, ...options }));
    const error = await once(socket, 'error');
    assert.deepEqual(error, { code: 401, hint: ['token'] });
  });

  scenario(`2.x ${transport}: heartbeats keep the connection open beyond the ping timeout`, async (c) => {
    const socket = await open(c, options, '', 'eio3fast');
    let alive = true;
    socket.once('disconnect', () => (alive = false));
    for (let pongs = 0; pongs < 3; pongs++) await once(socket, 'pong');
    assert.ok(alive);
    assert.equal(await emitWithAck(socket, 'first', 7), 7);
  });
}

// behaviour: sio.v2-compatibility.03
scenario('2.x: refused when protocol 3 is not allowed', async ({ urls, keep }) => {
  for (const transports of [['polling'], ['websocket']]) {
    const socket = keep(io(urls.main, { forceNew: true, reconnection: false, transports }));
    await once(socket, 'connect_error');
    assert.equal(socket.connected, false);
  }
});

scenario('2.x and broadcast: a room can have clients of both protocols', async (c) => {
  const a = await open(c, TRANSPORTS.polling);
  const b = await open(c, TRANSPORTS.websocket);
  await emitWithAck(a, 'join', 'old');
  await emitWithAck(b, 'join', 'old');
  const bytes = randomBytes(50);
  const both = Promise.all([once(a, 'news'), once(b, 'news')]);
  const sender = await open(c, TRANSPORTS.websocket);
  await emitWithAck(sender, 'news-to', ['old'], 'x', bytes);
  assert.deepEqual(await both, [['x', bytes], ['x', bytes]]);
});

// behaviour: eio.server.62
scenario('2.x: a client that receives no pong disconnects after interval and timeout', async (c) => {
  const proxy = c.keep(await silentProxy(c.urls.hasty));
  const socket = await open({ ...c, urls: { eio3: proxy.url } }, TRANSPORTS.websocket);
  await new Promise((resolve) => socket.io.engine.once('pong', resolve));
  const start = Date.now();
  const end = once(socket, 'disconnect');
  proxy.silence();
  assert.equal([await end].flat()[0], 'ping timeout');
  const took = Date.now() - start;
  assert.ok(took >= 480 && took < 5_000, `${took} ms`);
});
