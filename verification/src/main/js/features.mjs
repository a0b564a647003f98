// The application of the scenarios of the kind "features", the same as FeatureApplication.java: each "do" event of a client uses one part of the
// server's API.
const list = (value) => (Array.isArray(value) ? value : []);

export const options = {
  perMessageDeflate: { threshold: 200 },
  httpCompression: { threshold: 100 },
  allowRequest: (request, callback) => {
    const refused = request.url.includes('deny=1');
    callback(refused ? 'not allowed' : null, !refused);
  },
};

export function prepare(io) {
  io.engine.use((request, response, next) => {
    if (request.headers['x-block']) {
      next(new Error('blocked'));
    } else {
      response.setHeader('x-middleware', 'a');
      next();
    }
  });
  io.engine.on('initial_headers', (headers) => (headers['x-initial'] = 'b'));
  io.engine.on('headers', (headers) => (headers['x-every'] = 'c'));
}

export function serve(io, socket, log) {
  const { run } = socket.handshake.query;
  const name = socket.nsp.name;
  const room = (short) => `${short}:${run}`;
  const rooms = () => [...socket.rooms].filter((one) => one !== socket.id).sort();

  function target(command) {
    let operator = command.scope === 'nsp' ? socket.nsp : command.scope === 'server' ? io : socket;
    const to = list(command.to);
    for (const one of to.length === 0 ? ['run'] : to) {
      operator = operator.to(room(one));
    }
    for (const one of list(command.except)) {
      operator = operator.except(room(one));
    }
    operator = command.volatile ? operator.volatile : operator;
    operator = command.local ? operator.local : operator;
    return 'compress' in command ? operator.compress(command.compress) : operator;
  }

  const operations = {
    state: () => {
      const { headers, query, auth, secure, xdomain, url } = socket.handshake;
      socket.emit('state', {
        rooms: rooms(), connected: socket.connected, recovered: socket.recovered, transport: socket.conn.transport.name,
        protocol: socket.conn.protocol, headers: Object.keys(headers).sort(),
        values: [headers['x-a'] ?? null, headers.cookie ?? null], query, auth, secure, xdomain, url,
      });
    },
    join: ({ rooms: names }) => socket.join(list(names).map(room)),
    leave: ({ room: one }) => socket.leave(room(one)),
    rooms: () => socket.emit('rooms', rooms()),
    emit: (command) => target(command).emit('news', command.value),
    ask: (command) => target(command).timeout(command.timeout).emitWithAck('q', command.value).then(
      (answers) => socket.emit('answers', answers),
      (error) => socket.emit('failed', error.message, error.responses.length),
    ),
    callback: (command) => target(command).timeout(command.timeout).emit('q', command.value, (error, answers) => {
      socket.emit('called', error?.message ?? null, answers);
    }),
    fetch: (command) => target(command).fetchSockets().then((found) => socket.emit('fetched', found
      .map((one) => JSON.stringify([[...one.rooms].filter((other) => other !== one.id).sort(), one.data.x ?? null])).sort())),
    data: ({ value }) => (socket.data.x = value),
    socketsJoin: (command) => target(command).socketsJoin(room(command.room)),
    socketsLeave: (command) => target(command).socketsLeave(room(command.room)),
    disconnectSockets: (command) => target(command).disconnectSockets(command.close),
    volatile: ({ value }) => socket.volatile.emit('news', value),
    compress: ({ value }) => socket.compress(value).emit('big', 'abc'.repeat(200)),
    send: ({ value }) => socket.send(value),
    reserved: ({ event }) => {
      try {
        socket.emit(event, 1);
      } catch (error) {
        socket.emit('thrown', error.message);
      }
    },
    timed: () => socket.timeout(1).emit('never', (error) => log(run, `timed ${error.message}`)),
    twice: (command, ack) => {
      ack?.(1);
      ack?.(2);
    },
    nothing: (command, ack) => ack?.(),
    binary: (command, ack) => {
      socket.emit('bin', Buffer.from([1, 2]), { a: [Buffer.from([3]), null] }, []);
      ack?.(Buffer.from([4]));
    },
    listen: ({ event, kind }) => {
      const heard = (...args) => log(run, `${kind} ${event} ${args.filter((one) => typeof one !== 'function').length}`);
      if (kind === 'off') {
        socket.removeAllListeners(event);
      } else {
        socket[kind](event, heard);
      }
    },
    end: ({ close }) => {
      socket.emit('last', 1);
      socket.disconnect(close);
      log(run, `connected ${socket.connected} rooms ${rooms().length}`);
    },
  };

  socket.join(room('run'));
  socket.on('do', (command, ack) => operations[command.op](command, ack));
  socket.use(([event], next) => {
    if (event === 'blocked') {
      next(Object.assign(new Error('blocked by middleware'), { data: 1 }));
    } else if (event !== 'dropped') {
      next();
    }
  });
  socket.on('error', (error) => log(run, `error ${name} ${error.message}`));
  socket.onAnyOutgoing((event, ...args) => log(run, `outgoing ${name} ${event} ${args.length}`));
  socket.on('disconnecting', (reason) => log(run, `disconnecting ${name} ${reason} ${rooms().length}`));
  socket.conn.on('upgrade', (transport) => log(run, `upgraded to ${transport.name}`));
  socket.emit('welcome', socket.conn.transport.name);
}
