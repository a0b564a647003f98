// Official servers, clients and emitters in one process, controlled by lines of JSON on standard input:
// {"id":1,"op":"...",...} is answered by {"id":1,"result":...} or {"id":1,"error":"..."}. Binary is {"$bin":"<hex>"}.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";
import pg from "pg";
import { createAdapter } from "@socket.io/postgres-adapter";
import { BroadcastOperator, Emitter } from "@socket.io/postgres-emitter";

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

// one pool for each server and emitter, so that each has its own connections
function pool(url) {
  const made = new pg.Pool({ connectionString: url });
  made.on("error", () => {});
  return made;
}

// the official emitter does not return the promise of its queries
let published;
const { publish } = BroadcastOperator.prototype;
BroadcastOperator.prototype.publish = function (message) {
  published = publish.call(this, message);
  return published;
};

const ops = {
  async listen({ url, options, namespaces = [], recovery }) {
    const http = createServer();
    const io = new Server(http, {
      adapter: createAdapter(pool(url), options),
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
  emitter({ url, nsp, options }) {
    emitters.push(new Emitter(pool(url), nsp, options));
    return emitters.length - 1;
  },
  async emitCall({ emitter, nsp, chain = [], method, args = [] }) {
    let target = nsp ? emitters[emitter].of(nsp) : emitters[emitter];
    for (const [name, ...given] of chain) {
      const member = target[name];
      target = typeof member === "function" ? member.apply(target, given) : member;
    }
    target[method](...unpack(args));
    await published;
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
