// Official servers, clients and emitters in one process, controlled by lines of JSON on standard input:
// {"id":1,"op":"...",...} is answered by {"id":1,"result":...} or {"id":1,"error":"..."}. Binary is {"$bin":"<hex>"}.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";
import { createClient, createCluster } from "redis";
import * as msgpack from "@msgpack/msgpack";
import { createAdapter, createShardedAdapter } from "@socket.io/redis-adapter";
import { createAdapter as createStreamsAdapter } from "@socket.io/redis-streams-adapter";
import { Emitter } from "@socket.io/redis-emitter";

const servers = [];
const clients = [];
const emitters = [];

const pack = (value) =>
  value instanceof Uint8Array
    ? { $bin: Buffer.from(value).toString("hex") }
    : Array.isArray(value)
      ? value.map(pack)
      : value && typeof value === "object"
        ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]))
        : value === undefined
          ? null
          : value;
const unpack = (value) =>
  Array.isArray(value)
    ? value.map(unpack)
    : value && typeof value === "object"
      ? value.$bin !== undefined
        ? Buffer.from(value.$bin, "hex")
        : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, unpack(one)]))
      : value;

async function redis(port) {
  const client = createClient({ url: `redis://127.0.0.1:${port}` });
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function redisCluster(port) {
  const client = createCluster({ rootNodes: [{ url: `redis://127.0.0.1:${port}` }] });
  client.on("error", () => {});
  await client.connect();
  return client;
}

async function adapter(kind, port, options) {
  if (kind === "sharded-cluster") {
    return createShardedAdapter(await redisCluster(port), await redisCluster(port), options);
  }
  const pub = await redis(port);
  if (kind === "streams") return createStreamsAdapter(pub, options);
  const sub = await redis(port);
  if (kind === "classic-msgpack") return createAdapter(pub, sub, { ...options, parser: { encode: (value) => Buffer.from(msgpack.encode(value)), decode: msgpack.decode } });
  return kind === "sharded" ? createShardedAdapter(pub, sub, options) : createAdapter(pub, sub, options);
}

const ops = {
  async listen({ kind, redis, options, namespaces = [], recovery }) {
    const http = createServer();
    const io = new Server(http, {
      adapter: await adapter(kind, redis, options),
      ...(recovery ? { connectionStateRecovery: recovery } : {}),
    });
    for (const name of ["/", ...namespaces]) {
      const nsp = io.of(name);
      nsp.on("connection", (socket) => {
        socket.on("join", (rooms, ack) => {
          socket.join(rooms);
          ack();
        });
        socket.on("data", (data, ack) => {
          Object.assign(socket.data, data);
          ack();
        });
      });
    }
    await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
    servers.push({ io, http, events: [] });
    return { index: servers.length - 1, port: http.address().port };
  },
  // answers server-side events of a name: with a value, or not at all
  answer({ server, event, value, silent }) {
    const one = servers[server];
    one.io.of("/").removeAllListeners(event);
    one.io.of("/").on(event, (...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      one.events.push(pack([event, ...args]));
      if (ack && !silent) ack(unpack(value));
    });
  },
  serverEvents: ({ server }) => servers[server].events.splice(0),
  // any method of a namespace or of a chain of operators
  async call({ server, nsp = "/", chain = [], method, args = [] }) {
    let target = servers[server].io.of(nsp);
    for (const [name, ...given] of chain) {
      const member = target[name];
      target = typeof member === "function" ? member.apply(target, given) : member;
    }
    try {
      const result = await target[method](...unpack(args));
      if (method === "fetchSockets") {
        return result.map(({ id, rooms, data, handshake }) => ({ id, rooms: [...rooms], data, handshake }));
      }
      if (method.endsWith("WithAck")) return pack(result);
      return null;
    } catch (e) {
      return { error: e.message, responses: pack(e.responses ?? null) };
    }
  },
  async allRooms({ server }) {
    return [...(await servers[server].io.of("/").adapter.allRooms())];
  },
  serverCount: ({ server }) => servers[server].io.of("/").adapter.serverCount(),
  rooms: ({ server, socket }) => [...(servers[server].io.of("/").sockets.get(socket)?.rooms ?? [])],
  async close({ server }) {
    await servers[server].io.close();
  },
  async connect({ url, options }) {
    const socket = connect(url, { transports: ["websocket"], forceNew: true, reconnectionDelay: 50, ...options });
    const client = { socket, events: [], reply: undefined };
    clients.push(client);
    socket.onAny((event, ...args) => {
      const ack = typeof args.at(-1) === "function" ? args.pop() : undefined;
      client.events.push(pack([event, ...args]));
      if (ack && client.reply !== undefined) ack(client.reply);
    });
    socket.on("disconnect", (reason) => client.events.push(["(disconnect)", reason]));
    socket.on("connect", () => client.events.push(["(connect)", socket.recovered]));
    await new Promise((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
    });
    client.events.length = 0;
    return { index: clients.length - 1, id: socket.id };
  },
  reply({ client, value }) {
    clients[client].reply = unpack(value);
  },
  events: ({ client }) => clients[client].events.splice(0),
  status: ({ client }) => {
    const { socket } = clients[client];
    return { connected: socket.connected, id: socket.id ?? null, recovered: socket.recovered, pid: socket._pid ?? null, offset: socket._lastOffset ?? null };
  },
  async send({ client, event, args = [], ack }) {
    const { socket } = clients[client];
    if (ack) return pack(await socket.timeout(5000).emitWithAck(event, ...unpack(args)));
    socket.emit(event, ...unpack(args));
    return null;
  },
  // closes the transport without a close packet; the client reconnects to another server
  drop({ client, url }) {
    const { socket } = clients[client];
    if (url) socket.io.uri = url;
    socket.io.engine.close();
  },
  comeBack({ client }) {
    clients[client].socket.connect();
  },
  async again({ client }) {
    const { socket, events } = clients[client];
    await new Promise((resolve) => {
      socket.once("connect", resolve);
      socket.connect();
    });
    events.length = 0;
    return { id: socket.id };
  },
  disconnect({ client }) {
    clients[client].socket.disconnect();
  },
  async emitter({ redis: port, nsp, options }) {
    emitters.push(new Emitter(await redis(port), options, nsp));
    return emitters.length - 1;
  },
  emitCall({ emitter, nsp, chain = [], method, args = [] }) {
    let target = nsp ? emitters[emitter].of(nsp) : emitters[emitter];
    for (const [name, ...given] of chain) {
      const member = target[name];
      target = typeof member === "function" ? member.apply(target, given) : member;
    }
    target[method](...unpack(args));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { id, op, ...given } = JSON.parse(line);
  Promise.resolve()
    .then(() => ops[op](given))
    .then(
      (result) => process.stdout.write(JSON.stringify({ id, result: result ?? null }) + "\n"),
      (error) => process.stdout.write(JSON.stringify({ id, error: String(error?.stack ?? error) }) + "\n"),
    );
}
process.exit(0);
