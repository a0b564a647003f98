// Namespaces and events for scenarios of several clients, the same as GroupApplication.java: middlewares that wait for another client, and dynamic
// namespaces whose names contain the number of the run.
const waiting = new Map();

export function prepare(io, serve, log) {
  const both = (socket) => {
    serve(socket);
    answer(socket);
  };
  const logOf = (socket) => (line) => log(socket.handshake.query.run, `${line} @${socket.conn.id}`);

  function wait(socket, next, name) {
    const { run } = socket.handshake.query;
    logOf(socket)(`waits ${socket.nsp.name} ${name}`);
    waiting.has(run) || waiting.set(run, []);
    waiting.get(run).push(next);
  }

  const slow = io.of('/slow');
  slow.use((socket, next) => {
    const { how } = socket.handshake.auth;
    if (how !== 'now') {
      wait(socket, next, 'first');
    }
    switch (how) {
      case 'join': socket.join(`early:${socket.handshake.query.run}`); break;
      case 'emit': socket.emit('early', 1); break;
      case 'leave': socket.disconnect(); break;
      case 'close': socket.disconnect(true); break;
      case 'hang': socket.conn.close(); break;
      case 'data': socket.data.x = 1; break;
    }
    if (how === 'now') {
      next();
    }
  });
  slow.use((socket, next) => {
    if (socket.handshake.auth.twice) {
      wait(socket, next, 'second');
    } else {
      next();
    }
  });
  slow.on('connection', both);

  const rooms = io.of(/^\/room-\d+-\d$/);
  rooms.use((socket, next) => next(socket.nsp.name.endsWith('-9') ? new Error('closed') : undefined));
  rooms.on('connection', both);
  io.on('new_namespace', (namespace) => {
    const run = /^\/room-(\d+)-/.exec(namespace.name)?.[1];
    run && log(`run${run}`, `new ${namespace.name}`);
  });

  function answer(socket) {
    const { run } = socket.handshake.query;
    socket.on('release', (how) => {
      const next = waiting.get(run)?.shift();
      const error = new Error(`refused ${how}`);
      switch (how) {
        case 'ok': next?.(); break;
        case 'data': next?.(Object.assign(error, { data: { code: 1, list: [null] } })); break;
        default: next?.(error);
      }
    });
    socket.on('early', () => socket.nsp.server.of('/slow').to(`early:${run}`).emit('early', 2));
    socket.on('parents', (value) => rooms.to(`run:${run}`).emit('parents', value));
    socket.on('hang', () => {
      socket.emit('last', 1);
      socket.conn.close();
    });
    socket.on('state', () => socket.emit('state', socket.data.x ?? null, [...socket.rooms].length, socket.recovered));
  }
  for (const namespace of [io.of('/'), io.of('/custom')]) {
    namespace.on('connection', answer);
  }
}
