// An official server with its Admin UI in one cluster with a Sockeye server: both must report the same state to admins.
// node admin-cluster.mjs REDIS-PORT SOCKEYE-URL [stay]
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { instrument } from "@socket.io/admin-ui";
import { createAdapter } from "@socket.io/redis-adapter";
import { createClient } from "redis";
import { Server } from "socket.io";
import { io as connect } from "socket.io-client";

const [redisPort, sockeye, stay] = process.argv.slice(2);
const PATIENCE = 60_000;
const say = (text) => console.log(`[admin cluster] ${text}`);

const redis = async () => {
  const client = createClient({ url: `redis://127.0.0.1:${redisPort}` });
  client.on("error", () => {});
  await client.connect();
  return client;
};
const http = createServer();
const server = new Server(http, { adapter: createAdapter(await redis(), await redis()), cors: { origin: true, credentials: true } });
server.on("connection", (socket) => {
  socket.data.name = "Ada";
  socket.join("lobby");
});
instrument(server, { auth: false, mode: "development", serverId: "node" });
await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
const node = `http://127.0.0.1:${http.address().port}`;

/** Waits until a function returns a value that is neither false nor undefined. */
async function until(what, found) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const value = await found();
    if (value) return value;
  }
  assert.fail(`not within ${PATIENCE} ms: ${what}`);
}

/** An admin of a server, with what it was told. */
async function admin(url) {
  const told = [];
  const socket = connect(`${url}/admin`, { forceNew: true, transports: ["websocket"], auth: { username: "", password: "" } });
  socket.onAny((...event) => told.push(event));
  await until(`an admin at ${url}`, () => told.some(([name]) => name === "all_sockets"));
  const named = (name) => told.filter(([each]) => each === name);
  return { url, socket, told, named, close: () => socket.close() };
}

async function client(url, transport) {
  const socket = connect(url, { forceNew: true, transports: [transport] });
  await until(`a client at ${url}`, () => socket.connected);
  return socket;
}

const atNode = await client(node, "websocket");
const atSockeye = await client(sockeye, "polling");
await until("both servers know both sockets", async () => (await server.fetchSockets()).length === 2);

// ---- the data that fetchSockets returns for a socket of the other server
const remote = (await server.fetchSockets()).find(({ id }) => id === atSockeye.id);
assert.deepEqual(Object.keys(remote.data._admin).sort(), ["clientId", "transport"]);
assert.equal(remote.data._admin.transport, "polling");
assert.equal(remote.data._admin.clientId, atSockeye.io.engine.id.slice(0, 12));
say("fetchSockets on Node has the _admin data of a socket on Sockeye");

// ---- the same state: each server reports all sockets to a new admin
const picture = ({ named }) =>
  named("all_sockets")
    .at(-1)[1]
    .filter(({ nsp }) => nsp === "/")
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map((socket) => ({ ...socket, rooms: [...socket.rooms].sort() }));
const first = await admin(node);
const second = await admin(sockeye);
assert.equal(picture(first).length, 2);
assert.deepEqual(picture(second), picture(first));
for (const socket of picture(first)) {
  assert.equal(socket.data.name, "Ada");
  assert.equal(socket.data._admin, undefined);
  assert.equal(socket.clientId.length, 12);
  assert.deepEqual(socket.rooms.length, 2);
}
assert.deepEqual(
  picture(first).map(({ transport }) => transport).sort(),
  ["polling", "websocket"],
);
say("all_sockets is the same from both servers");

// ---- statistics of both servers reach both admins
for (const each of [first, second]) {
  await until("statistics of both servers", () => new Set(each.named("server_stats").map(([, { serverId }]) => serverId)).size === 2);
}
const keys = (id) => Object.keys(first.named("server_stats").findLast(([, { serverId }]) => serverId === id)[1]);
assert.deepEqual(keys("sockeye"), keys("node"));
say("server_stats of both servers have the same keys and reach both admins");

// ---- a client that connects to either server
const shape = (value) =>
  value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "headers" || key === "query" ? "object" : shape(one)]))
    : Array.isArray(value)
      ? "array"
      : typeof value;
const shapes = [];
for (const url of [node, sockeye]) {
  const newcomer = await client(url, "websocket");
  const seen = [];
  for (const each of [first, second]) {
    seen.push(await until(`socket_connected of ${newcomer.id} at ${each.url}`, () => each.named("socket_connected").find(([, { id }]) => id === newcomer.id)));
  }
  assert.deepEqual(seen[1], seen[0]);
  shapes.push([shape(seen[0][1]), Object.keys(seen[0][1]), typeof seen[0][2]]);
  const id = newcomer.id;
  newcomer.close();
  for (const each of [first, second]) {
    await until(`socket_disconnected of ${id} at ${each.url}`, () => each.named("socket_disconnected").some(([, , gone]) => gone === id));
  }
}
assert.deepEqual(shapes[1], shapes[0]);
say("socket_connected and socket_disconnected reach both admins, in the same format from both servers");

// ---- a command of an admin on one server acts on a socket of the other one
first.socket.emit("join", "/", "from node", atSockeye.id);
second.socket.emit("join", "/", "from sockeye", atNode.id);
for (const each of [first, second]) {
  for (const [room, id] of [["from node", atSockeye.id], ["from sockeye", atNode.id]]) {
    await until(`room_joined ${room} at ${each.url}`, () => each.named("room_joined").some(([, , joined, by]) => joined === room && by === id));
  }
}
second.socket.emit("_disconnect", "/", false, atNode.id);
first.socket.emit("_disconnect", "/", false, atSockeye.id);
await until("both clients are disconnected", () => !atNode.connected && !atSockeye.connected);
say("commands act on sockets of the other server");

if (stay) {
  atNode.connect();
  atSockeye.connect();
  say(`Node at ${node}`);
} else {
  process.exit(0);
}
