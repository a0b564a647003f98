// The official server for ./sockeye-verify cluster-bench; the counterpart of ClusterNode.java, with the same lines on standard input.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { Server } from "socket.io";
import pg from "pg";
import { createAdapter } from "@socket.io/postgres-adapter";

const { values } = parseArgs({
  options: { adapter: { type: "string" }, broker: { type: "string" }, id: { type: "string" }, burst: { type: "string", default: "1" } },
});
// jdbc:postgresql://host:port/database?user=name&...
const { host, pathname, searchParams } = new URL(values.broker.replace("jdbc:postgresql", "http"));
const pool = new pg.Pool({ connectionString: `postgres://${searchParams.get("user")}@${host}${pathname}` });
try {
  await pool.query(
    "CREATE TABLE IF NOT EXISTS socket_io_attachments (id bigserial UNIQUE, created_at timestamptz DEFAULT NOW(), payload bytea)",
  );
} catch (e) {
  if (e.code !== "23505") throw e; // the other server creates it at the same moment
}
const adapter = createAdapter(pool);

const http = createServer();
const io = new Server(http, { adapter, pingInterval: 3000, pingTimeout: 2000 });
await new Promise((resolve) => http.listen(0, "127.0.0.1", resolve));
console.log(`listening ${http.address().port}`);

const burst = Number(values.burst);
const text = "x".repeat(32);
let number = 0;
let timer;
for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith("go ")) {
    const rate = Number(line.slice(3));
    const start = process.hrtime.bigint();
    let sent = 0;
    timer = setInterval(() => {
      let due = Math.floor((Number(process.hrtime.bigint() - start) * rate) / 1e9);
      due -= due % burst;
      for (; sent < due; sent++) {
        io.emit("n", values.id, number++, Number(process.hrtime.bigint()), text);
      }
    }, (1000 * burst) / rate);
  } else if (line === "stop") {
    clearInterval(timer);
    console.log(`stopped ${number}`);
  } else if (line === "count") {
    console.log(`count ${await io.of("/").adapter.serverCount()}`);
  }
}
process.exit(0);
