// The official server for ./sockeye-verify differential: one port for each profile, the same application as SockeyeSide.java.
// Prints {"ports":{...}} once; answers "log RUN" with the log of a run as one JSON line, and "crashes" with the number of
// uncaught errors (each would have ended the process).
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Server } from 'socket.io';
import msgpack from 'socket.io-msgpack-parser';
import * as features from './features.mjs';
import * as groups from './groups.mjs';

const engine = { maxHttpBufferSize: 20_000, allowEIO3: true, connectTimeout: 30_000, pingInterval: 60_000, pingTimeout: 60_000 };
const profiles = {
  main: engine,
  strict: {
    ...engine,
    allowEIO3: false,
    cookie: true,
    cors: { origin: ['http://one.example', 'http://two.example'], credentials: true, exposedHeaders: ['x-a'], maxAge: 60 },
  },
  open: { ...engine, transports: ['polling'], cors: { origin: '*', methods: ['GET', 'POST'], allowedHeaders: ['x-b'] } },
  recovery: { ...engine, connectionStateRecovery: {} },
  msgpack: { ...engine, parser: msgpack },
  features: { ...engine, ...features.options },
  paths: {
    ...engine,
    path: '/ws',
    addTrailingSlash: false,
    serveClient: false,
    allowUpgrades: false,
    cleanupEmptyChildNamespaces: true,
    cookie: { name: 'sky', path: '/ws', httpOnly: false, sameSite: 'none', secure: true, maxAge: 10 },
    cors: { origin: [/one\.example$/, 'http://two.example'], methods: 'GET', allowedHeaders: ['x-a', 'x-b'], optionsSuccessStatus: 200 },
  },
  hooks: {
    ...engine,
    cors: { origin: true, credentials: true, preflightContinue: true },
    allowRequest: (request, callback) => {
      const deny = /deny=(\d)/.exec(request.url)?.[1];
      const answer = () => callback(deny === '1' ? 'not "allowed" ä' : deny === '2' ? undefined : '', !deny);
      if (request.url.includes('late=')) {
        setTimeout(answer, 10);
      } else {
        answer();
      }
    },
  },
  resume: { ...engine, connectionStateRecovery: { skipMiddlewares: false } },
  fixed: { ...engine, cors: { origin: 'http://one.example', exposedHeaders: ['x-a', 'x-b'], maxAge: 0, allowedHeaders: [] } },
  chosen: { ...engine, cors: { origin: (origin, done) => done(null, /one\.example/.test(origin)), methods: ['GET', 'POST', 'OPTIONS'] } },
  timers: { ...engine, pingInterval: 800, pingTimeout: 600, connectTimeout: 700, upgradeTimeout: 500 },
};

let crashes = 0;
process.on('uncaughtException', () => crashes++);

const logs = new Map();
function logLine(run, line) {
  if (run) {
    logs.has(run) || logs.set(run, []);
    logs.get(run).push(line);
  }
}

function serve(socket) {
  const { run } = socket.handshake.query;
  const log = (run, line) => logLine(run, `${line} @${socket.conn.id}`);
  const name = socket.nsp.name;
  log(run, `connection ${name} auth=${Object.keys(socket.handshake.auth).sort()} recovered=${socket.recovered}`);
  socket.join(`run:${run}`);
  socket.emit('hello', name);
  socket.on('disconnect', (reason) => log(run, `disconnect ${name} ${reason}`));
  socket.onAny((event, ...args) => {
    const count = args.length - (typeof args.at(-1) === 'function' ? 1 : 0);
    log(run, `event ${name} ${event} ${count}`);
  });
  for (const event of ['message', '7', 'ä€😀', '']) {
    socket.on(event, (...args) => {
      const ack = typeof args.at(-1) === 'function' ? args.pop() : undefined;
      ack ? ack(...args) : socket.emit('echo', event, ...args);
    });
  }
  const data = (args) => args.filter((value) => typeof value !== 'function');
  socket.on('leave', () => socket.disconnect());
  socket.on('kick', () => socket.disconnect(true));
  socket.on('ask', (...args) => {
    socket.emit('question', ...data(args), (...answer) => log(run, `answer ${name} ${answer.length}`));
  });
  socket.on('cast', (...args) => socket.nsp.to(`run:${run}`).emit('cast', ...data(args)));
  socket.on('others', (...args) => socket.to(`run:${run}`).emit('others', ...data(args)));
  socket.on('big', () => socket.emit('big', 'x'.repeat(3_000)));
}

const ports = {};
for (const [name, options] of Object.entries(profiles)) {
  const http = createServer((request, response) => response.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not Found'));
  http.keepAliveTimeout = 300_000; // a scenario may take long on a busy machine
  const io = new Server(http, options);
  io.engine.on('connection_error', ({ req, code, message, context }) => {
    const run = new URL(req.url, 'http://x').searchParams.get('run');
    logLine(run, `refused ${code} ${message} ${context?.name ?? ''}`.trim());
  });
  if (name === 'features' || name === 'resume') {
    name === 'features' && features.prepare(io);
    for (const namespace of [io, io.of('/custom')]) {
      namespace.on('connection', (socket) => features.serve(io, socket, (run, line) => logLine(run, `${line} @${socket.conn.id}`)));
    }
  }
  groups.prepare(io, serve, logLine);
  io.on('connection', serve);
  io.of('/custom').on('connection', serve);
  io.of('/auth').use((socket, next) => {
    if (socket.handshake.auth.token === 'ok') {
      next();
    } else {
      const error = new Error('denied');
      error.data = { code: 401 };
      next(error);
    }
  }).on('connection', serve);
  io.of('/plain').use((socket, next) => next(new Error('never'))).on('connection', serve);
  io.of(/^\/dynamic-\d+$/).on('connection', serve);
  io.of((name, auth, next) => {
    if (name === '/fn-late') {
      setTimeout(() => next(null, auth.token === 'ok'), 1);
    } else {
      next(null, name === '/fn-ok');
    }
  }).on('connection', serve);
  io.of(/^\/guarded-\d+$/).use((socket, next) => {
    const { token } = socket.handshake.auth;
    const error = Object.assign(new Error('guarded'), token === 'data' ? { data: [1, { a: null }] } : {});
    next(token === 'ok' ? undefined : error);
  }).on('connection', serve);
  await new Promise((resolve) => http.listen(0, '127.0.0.1', resolve));
  ports[name] = http.address().port;
}
console.log(JSON.stringify({ ports }));

createInterface({ input: process.stdin }).on('line', (line) => {
  const [verb, run] = line.split(' ');
  if (verb === 'crashes') {
    console.log(JSON.stringify(crashes));
  } else {
    console.log(JSON.stringify(logs.get(run) ?? []));
    logs.delete(run);
  }
}).on('close', () => process.exit(0));
