// The official client 4.x against Sockeye.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { io, Manager } from 'socket.io-client';
import { WebSocket } from 'ws';
import msgpack from 'socket.io-msgpack-parser';
import { silentProxy } from './silent-proxy.mjs';

export const scenarios = [];
const scenario = (name, run) => scenarios.push([name, run]);

const once = (socket, event) =>
  new Promise((resolve) => socket.once(event, (...args) => resolve(args.length > 1 ? args : args[0])));
const connected = (socket) =>
  socket.connected
    ? Promise.resolve(socket)
    : new Promise((resolve, reject) => {
        socket.once('connect', () => resolve(socket));
        socket.once('connect_error', reject);
      });
const upgraded = (socket) =>
  socket.io.engine.transport.name === 'websocket'
    ? Promise.resolve()
    : new Promise((resolve) => socket.io.engine.once('upgrade', resolve));

const TRANSPORTS = {
  polling: { transports: ['polling'] },
  websocket: { transports: ['websocket'] },
  upgrade: { transports: ['polling', 'websocket'] },
};

async function open({ urls, keep }, options = {}, namespace = '', server = 'main') {
  const socket = keep(io(urls[server] + namespace, { forceNew: true, reconnection: false, ...options }));
  await connected(socket);
  if (options.transports?.length === 2) await upgraded(socket);
  return socket;
}

const nested = () => ({
  text: 'ä€😀',
  file: randomBytes(2000),
  list: [1, null, randomBytes(3), { deep: [randomBytes(0), false] }],
});

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  const expected = transport === 'upgrade' ? 'websocket' : transport;

  // behaviour: sio.namespaces.04
  scenario(`${transport}: the server knows the transport of a connected client`, async (c) => {
    const socket = await open(c, options);
    const who = await socket.emitWithAck('who');
    assert.equal(who.id, socket.id);
    assert.notEqual(socket.id, socket.io.engine.id);
    // the last packet of the upgrade and the event may arrive in either order
    assert.equal(socket.io.engine.transport.name, expected);
    assert.equal((await socket.emitWithAck('who')).transport, expected);
    assert.equal(who.protocol, 4);
  });

  // behaviour: sio.socket.03
  // behaviour: sio.socket.05
  // behaviour: sio.socket.08
  scenario(`${transport}: arguments of all types are transferred in both directions`, async (c) => {
    const socket = await open(c, options);
    const args = [1, -1.5, 1e21, 'text', '', true, false, null, [], {}, [[1], { a: { b: null } }],
      'utf8 — ä€😀 \u2028 \u0000 "quoted" \\', Number.MAX_SAFE_INTEGER];
    socket.emit('echo', ...args);
    assert.deepEqual(await once(socket, 'echo-back'), args);
    assert.deepEqual(await socket.emitWithAck('first', null), null);
  });

  // behaviour: sio.socket.09
  // behaviour: sio.socket.10
  // behaviour: sio.socket.11
  // behaviour: sio.socket.12
  scenario(`${transport}: nested bytes are transferred in both directions`, async (c) => {
    const socket = await open(c, options);
    const file = randomBytes(70_000);
    socket.emit('echo', file, nested(), 'tail');
    const [back, , tail] = await once(socket, 'echo-back');
    assert.ok(Buffer.isBuffer(back));
    assert.deepEqual(back, file);
    assert.equal(tail, 'tail');
    const value = nested();
    socket.emit('echo', value);
    assert.deepEqual(await once(socket, 'echo-back'), value);
    assert.equal(await socket.emitWithAck('type-of', file), 'bytes');
  });

  // behaviour: sio.socket.24
  // behaviour: sio.socket.27
  // behaviour: sio.socket.29
  // behaviour: sio.socket.32
  scenario(`${transport}: the server acknowledges with no arguments, values and bytes`, async (c) => {
    const socket = await open(c, options);
    await new Promise((resolve) => socket.emit('echo', resolve));
    const value = nested();
    const args = await new Promise((resolve) => socket.emit('echo', 1, value, 'x', (...all) => resolve(all)));
    assert.deepEqual(args, [1, value, 'x']);
  });

  // behaviour: sio.socket.26
  // behaviour: sio.socket.28
  // behaviour: sio.socket.30
  // behaviour: sio.socket.31
  scenario(`${transport}: the client acknowledges with no arguments, values and bytes`, async (c) => {
    const socket = await open(c, options);
    socket.on('question', (...args) => args.pop()(...args));
    for (const args of [[], [1, 'two', null], [nested(), randomBytes(10)]]) {
      socket.emit('ask-me', ...args);
      const answer = await new Promise((resolve) => socket.once('your-answer', (...all) => resolve(all)));
      assert.deepEqual(answer, args);
    }
  });

  // behaviour: sio.socket.25
  scenario(`${transport}: a thousand events arrive in order`, async (c) => {
    const socket = await open(c, options);
    const seen = [];
    const all = new Promise((resolve) =>
      socket.on('echo-back', (n) => {
        seen.push(n);
        if (seen.length === 1000) resolve();
      }),
    );
    for (let i = 0; i < 1000; i++) {
      if (i % 100 === 50) socket.emit('echo', i, Buffer.from([i & 255]));
      else socket.emit('echo', i);
    }
    await all;
    assert.deepEqual(seen, Array.from({ length: 1000 }, (_, i) => i));
  });

  // behaviour: sio.socket.40
  // behaviour: sio.socket.41
  scenario(`${transport}: large payloads are transferred in both directions`, async (c) => {
    const socket = await open(c, options, '', 'big');
    const json = Array.from({ length: 40_000 }, (_, i) => ({ i, text: `entry ${i} ü` }));
    const bytes = randomBytes(3_000_000);
    assert.deepEqual(await socket.emitWithAck('first', json), json);
    assert.deepEqual(await socket.emitWithAck('first', bytes), bytes);
  });

  // behaviour: sio.namespaces.07
  // behaviour: sio.namespaces.10
  scenario(`${transport}: many namespaces share one connection`, async (c) => {
    const manager = new Manager(c.urls.main, { ...options, reconnection: false });
    const sockets = Array.from({ length: 30 }, (_, i) => c.keep(manager.socket(`/dynamic-${i}`)));
    await Promise.all(sockets.map(connected));
    const answers = await Promise.all(sockets.map((socket, i) => socket.emitWithAck('where', i)));
    answers.forEach((answer, i) => assert.deepEqual(answer, [`/dynamic-${i}`, i, sockets[i].id]));
    assert.equal(new Set(sockets.map((socket) => socket.id)).size, 30);
  });

  scenario(`${transport}: the server disconnects one socket or the connection`, async (c) => {
    const manager = new Manager(c.urls.main, { ...options, reconnection: false });
    const main = c.keep(manager.socket('/'));
    const other = c.keep(manager.socket('/custom'));
    await Promise.all([connected(main), connected(other)]);
    main.emit('kick', false);
    assert.equal((await new Promise((resolve) => main.once('disconnect', (reason) => resolve(reason)))),
      'io server disconnect');
    assert.ok(other.connected);
    main.connect();
    await connected(main);
    const closed = new Promise((resolve) => other.once('disconnect', (reason) => resolve(reason)));
    main.emit('kick', true);
    assert.ok(['transport close', 'io server disconnect'].includes(await closed));
  });
}

scenario('the disconnect reason of the application is sent as an event before the disconnect', async (c) => {
  const socket = await open(c, TRANSPORTS.websocket);
  const seen = [];
  socket.on('sockeye:disconnect', ({ reason }) => seen.push(reason));
  const gone = new Promise((resolve) => socket.once('disconnect', (reason) => resolve(reason)));
  socket.emit('kick-for', 'logged in elsewhere');
  assert.equal(await gone, 'io server disconnect');
  assert.deepEqual(seen, ['logged in elsewhere']);
  socket.connect();
  await connected(socket);
});

// behaviour: sio.socket.04
// behaviour: sio.socket.23
scenario('send emits the event "message" on both sides', async (c) => {
  const socket = await open(c, TRANSPORTS.websocket);
  socket.send('hello', 1);
  assert.deepEqual(await once(socket, 'message'), ['hello', 1]);
});

// behaviour: sio.namespaces.09
scenario('an empty namespace name is the main namespace', async (c) => {
  for (const namespace of ['', '/']) {
    const socket = await open(c, {}, namespace);
    assert.equal((await socket.emitWithAck('where'))[0], '/');
  }
});

// behaviour: sio.namespaces.14
// behaviour: sio.namespaces.33
scenario('an unknown namespace is refused', async ({ urls, keep }) => {
  const socket = keep(io(`${urls.main}/nowhere`, { forceNew: true, reconnection: false }));
  const error = await new Promise((resolve) => socket.once('connect_error', resolve));
  assert.equal(error.message, 'Invalid namespace');
});

// behaviour: sio.middleware.02
// behaviour: sio.middleware.03
scenario('a middleware refuses with message and data, or accepts', async ({ urls, keep }) => {
  const socket = keep(io(`${urls.main}/guarded`, { forceNew: true, reconnection: false, auth: { token: 'no' } }));
  const error = await new Promise((resolve) => socket.once('connect_error', resolve));
  assert.equal(error.message, 'not authorized');
  assert.deepEqual(error.data, { code: 401, hint: ['token'] });
  socket.auth = (done) => done({ token: 'yes' });
  socket.connect();
  assert.deepEqual(await once(socket, 'auth'), { token: 'yes' });
});

// behaviour: sio.socket.37
// behaviour: sio.socket.38
scenario('the handshake contains query and auth', async ({ urls, keep }) => {
  const socket = keep(io(`${urls.main}/custom`, {
    forceNew: true, reconnection: false, query: { key: 'a b&c=ü', n: 1 }, auth: { user: 'x', deep: { list: [1] } },
  }));
  assert.deepEqual(await once(socket, 'auth'), { user: 'x', deep: { list: [1] } });
  const handshake = await socket.emitWithAck('handshake');
  assert.equal(handshake.query.key, 'a b&c=ü');
  assert.equal(handshake.query.n, '1');
  assert.equal(handshake.query.EIO, '4');
  assert.equal(handshake.secure, false);
});

// behaviour: sio.messaging-many.01
// behaviour: sio.messaging-many.02
// behaviour: sio.messaging-many.03
// behaviour: sio.messaging-many.04
// behaviour: sio.messaging-many.05
scenario('rooms and broadcasts over mixed transports reach each recipient once', async (c) => {
  const sockets = await Promise.all([
    open(c, TRANSPORTS.polling), open(c, TRANSPORTS.websocket), open(c, TRANSPORTS.upgrade),
    open(c, TRANSPORTS.websocket, '/custom'),
  ]);
  const seen = sockets.map(() => []);
  sockets.forEach((socket, i) => socket.on('news', (...args) => seen[i].push(args)));
  const [a, b, d] = sockets;
  await b.emitWithAck('join', 'red');
  await d.emitWithAck('join', 'red');
  await d.emitWithAck('join', 'blue');
  const bytes = randomBytes(300);
  await a.emitWithAck('news-all', 'all', bytes);
  await a.emitWithAck('news-others', 'others');
  await b.emitWithAck('news-to', ['red', 'blue'], 'rooms', bytes);
  await a.emitWithAck('news-to', ['red', 'blue'], 'once');
  await Promise.all([a, b, d].map((socket) => socket.emitWithAck('echo')));
  const until = Date.now() + 5000;
  while (seen[0].length + seen[1].length + seen[2].length < 8 && Date.now() < until) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(seen[0], [['all', bytes]]);
  assert.deepEqual(seen[1], [['all', bytes], ['others'], ['once']]);
  assert.deepEqual(seen[2], [['all', bytes], ['others'], ['rooms', bytes], ['once']]);
  assert.deepEqual(seen[3], []);
});

// behaviour: sio.messaging-many.15
// behaviour: sio.messaging-many.17
scenario('a broadcast collects acknowledgements from polling and websocket clients', async (c) => {
  const a = await open(c, TRANSPORTS.polling);
  const b = await open(c, TRANSPORTS.websocket);
  for (const [socket, answer] of [[a, 'A'], [b, { b: randomBytes(4) }]]) {
    await socket.emitWithAck('join', 'quorum');
    socket.on('vote', (what, done) => done(answer));
  }
  const votes = await a.emitWithAck('vote-in', 'quorum', 5000);
  assert.equal(votes.length, 2);
  assert.ok(votes.some((vote) => vote === 'A'));
  assert.ok(votes.some((vote) => Buffer.isBuffer(vote?.b)));
});

// behaviour: sio.messaging-many.16
// behaviour: sio.messaging-many.18
scenario('a broadcast timeout returns the acknowledgements received so far', async (c) => {
  const a = await open(c, TRANSPORTS.websocket);
  const b = await open(c, TRANSPORTS.websocket);
  for (const socket of [a, b]) await socket.emitWithAck('join', 'half');
  a.on('vote', (what, done) => done('A'));
  assert.deepEqual(await a.emitWithAck('vote-in', 'half', 200), { error: 'operation has timed out', partial: ['A'] });
});

for (const transport of ['polling', 'websocket']) {
  // behaviour: sio.connection-state-recovery.01
  // behaviour: sio.connection-state-recovery.02
  scenario(`${transport}: missed events are recovered after a lost connection`, async (c) => {
    const socket = await open(c, { ...TRANSPORTS[transport], reconnection: true, reconnectionDelay: 50 }, '', 'recovery');
    const observer = await open(c, TRANSPORTS.websocket, '', 'recovery');
    assert.equal(socket.recovered, false);
    const id = socket.id;
    const news = [];
    socket.on('news', (...args) => news.push(args));
    await socket.emitWithAck('join', 'kept');
    await socket.emitWithAck('remember', 'colour', 'red');
    await observer.emitWithAck('news-all', 'before');
    while (news.length < 1) await new Promise((resolve) => setImmediate(resolve));
    socket.io.opts.reconnection = true;
    const again = new Promise((resolve) => socket.once('connect', resolve));
    const gone = once(socket, 'disconnect');
    socket.io.engine.close();
    await gone;
    await observer.emitWithAck('news-all', 'one', Buffer.from([1, 2]));
    await observer.emitWithAck('news-to', ['kept'], 'two');
    await observer.emitWithAck('news-to', ['foreign'], 'never');
    await observer.emitWithAck('news-direct', id, 'three');
    await again;
    assert.equal(socket.recovered, true);
    assert.equal(socket.id, id);
    assert.equal(await socket.emitWithAck('recall', 'colour'), 'red');
    assert.ok((await socket.emitWithAck('rooms')).includes('kept'));
    assert.deepEqual(news.map((args) => args[0]), ['before', 'one', 'two', 'three']);
    assert.deepEqual(news[1][1], Buffer.from([1, 2]));
  });
}

// events that arrive before CONNECT stay in the client's buffer when the connection is lost, and are then received again
scenario('polling: no event is delivered twice if the connection is lost after the first response of a recovery', async (c) => {
  const socket = await open(c, { ...TRANSPORTS.polling, reconnectionDelay: 50 }, '', 'recovery');
  const observer = await open(c, TRANSPORTS.websocket, '', 'recovery');
  const news = [];
  socket.on('news', (what) => news.push(what));
  await observer.emitWithAck('news-all', 'before');
  while (news.length < 1) await new Promise((resolve) => setImmediate(resolve));
  const gone = once(socket, 'disconnect');
  socket.io.engine.close();
  await gone;
  let losses = 0;
  socket.io.on('open', () => {
    const { engine } = socket.io;
    const messages = [];
    engine.on('data', (message) => messages.push(message));
    engine.transport.on('pollComplete', () => {
      if (messages.length > 0 && losses++ === 0) setImmediate(() => engine.close());
    });
  });
  for (const what of ['one', 'two', 'three']) await observer.emitWithAck('news-all', what);
  socket.io.reconnection(true);
  socket.connect();
  while (losses < 2) await new Promise((resolve) => setImmediate(resolve));
  await connected(socket);
  assert.equal(socket.recovered, true);
  await observer.emitWithAck('news-all', 'last');
  while (!news.includes('last')) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(news, ['before', 'one', 'two', 'three', 'last']);
});

// behaviour: sio.connection-state-recovery.05
scenario('an unknown recovery id starts a new session', async (c) => {
  const socket = await open(c, { ...TRANSPORTS.websocket, reconnection: true, reconnectionDelay: 20 }, '', 'recovery');
  const id = socket.id;
  socket._pid = 'unknown';
  const again = new Promise((resolve) => socket.once('connect', resolve));
  socket.io.engine.close();
  await again;
  assert.equal(socket.recovered, false);
  assert.notEqual(socket.id, id);
});

// behaviour: sio.connection-state-recovery.06
scenario('recovery is off by default', async (c) => {
  const socket = await open(c, TRANSPORTS.websocket);
  assert.equal(socket._pid, undefined);
});

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  scenario(`${transport}: the npm msgpack parser is compatible with Sockeye's`, async (c) => {
    const socket = await open(c, { ...options, parser: msgpack }, '', 'msgpack');
    const value = { text: 'ä€😀', n: [1, -1, 300, 70_000, 2 ** 40, -(2 ** 33), 0.5, null, true], bytes: randomBytes(70_000) };
    assert.deepEqual(await socket.emitWithAck('first', value), value);
    socket.on('question', (...args) => args.pop()(...args));
    socket.emit('ask-me', value, 'x');
    const answer = await new Promise((resolve) => socket.once('your-answer', (...all) => resolve(all)));
    assert.deepEqual(answer, [value, 'x']);
    const custom = c.keep(socket.io.socket('/custom'));
    assert.deepEqual(await once(custom, 'auth'), {});
    const refused = c.keep(socket.io.socket('/nowhere'));
    assert.equal((await new Promise((resolve) => refused.once('connect_error', resolve))).message, 'Invalid namespace');
  });
}

// behaviour: sio.socket.14
// behaviour: sio.socket.18
scenario('a volatile event immediately after another is dropped, later ones arrive', async (c) => {
  const socket = await open(c, TRANSPORTS.websocket, '', 'loop');
  const seen = [];
  socket.on('tick', (n) => seen.push(n));
  await socket.emitWithAck('volatile-burst');
  await socket.emitWithAck('echo');
  assert.deepEqual(seen, [1, 3]);
});

for (const transport of ['polling', 'websocket']) {
  // behaviour: eio.server.61
  scenario(`${transport}: a close shortly after a heartbeat is reported as "transport close"`, async (c) => {
    const socket = await open(c, TRANSPORTS[transport], '', 'brisk');
    await new Promise((resolve) => socket.io.engine.once('ping', resolve));
    const closed = new Promise((resolve) => socket.io.engine.once('close', resolve));
    socket.emit('hang-up');
    assert.equal(await closed, 'transport close');
  });
}

// behaviour: eio.server.124
scenario('a broadcast reaches clients with and without permessage-deflate unchanged', async (c) => {
  const url = `${c.urls.deflate.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`;
  const texts = [];
  const joined = [];
  for (const perMessageDeflate of [true, false, true]) {
    const socket = c.keep(new WebSocket(url, { perMessageDeflate }));
    texts.push(new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (data) => {
        const text = data.toString();
        if (text.startsWith('0')) socket.send('40');
        else if (text.startsWith('40')) joined.push(socket);
        else if (text.startsWith('42')) resolve([text, socket.extensions.includes('permessage-deflate')]);
      });
    }));
    await new Promise((resolve) => socket.once('open', resolve));
  }
  const sender = await open(c, TRANSPORTS.websocket, '', 'deflate');
  while (joined.length < 3) await sender.emitWithAck('echo');
  const text = 'compress me '.repeat(1000);
  await sender.emitWithAck('news-others', text);
  const expected = `42["news","${text}"]`;
  assert.deepEqual(await Promise.all(texts), [[expected, true], [expected, false], [expected, true]]);
});

// behaviour: sio.socket.42
// behaviour: sio.socket.01
scenario('the client reconnects when the server is restarted on the same port', async (c) => {
  const url = await c.ask('start');
  const socket = c.keep(io(url, { forceNew: true, reconnectionDelay: 50, reconnectionDelayMax: 100 }));
  await connected(socket);
  await upgraded(socket);
  const first = socket.id;
  const gone = new Promise((resolve) => socket.once('disconnect', (reason) => resolve(reason)));
  await c.ask('stop');
  assert.ok(['transport close', 'io server disconnect', 'transport error'].includes(await gone));
  await c.ask('start-again');
  socket.connect();
  if (!socket.connected) await once(socket, 'connect'); // an attempt from before the start may still fail
  assert.notEqual(socket.id, first);
  assert.equal(await socket.emitWithAck('first', 'still here'), 'still here');
  await c.ask('stop');
});

scenario('events retried by the client are handled once', async (c) => {
  const socket = c.keep(io(c.urls.main, { forceNew: true, retries: 3, ackTimeout: 2000 }));
  const all = await Promise.all(Array.from({ length: 20 }, (_, i) =>
    new Promise((resolve) => socket.emit('first', i, (error, value) => resolve(value)))));
  assert.deepEqual(all, Array.from({ length: 20 }, (_, i) => i));
});

for (const [transport, options] of Object.entries(TRANSPORTS)) {
  // behaviour: eio.server.63
  scenario(`${transport}: a client that receives no ping disconnects after interval and timeout`, async (c) => {
    const proxy = c.keep(await silentProxy(c.urls.hasty));
    const socket = await open({ ...c, urls: { main: proxy.url } }, options);
    await once(socket.io, 'ping');
    const start = Date.now();
    const end = once(socket, 'disconnect');
    proxy.silence();
    assert.equal([await end].flat()[0], 'ping timeout');
    const took = Date.now() - start;
    assert.ok(took >= 480 && took < 5_000, `${took} ms`);
  });
}
