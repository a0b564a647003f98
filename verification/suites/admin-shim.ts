// Stands for the modules that the suite of @socket.io/admin-ui imports to create servers: "http", "socket.io", the Redis clients and
// the package itself. Each call becomes a request to `sockeye-verify admin`, which has the Sockeye servers. A request blocks, as a call
// would; SOCKEYE_CONTROL is the address of that program.
import { execFileSync } from "child_process";
import { EventEmitter } from "events";
import { io as connect } from "socket.io-client";

const control = process.env.SOCKEYE_CONTROL as string;

function ask(request: object): any {
  const options = ["--silent", "--show-error", "--fail-with-body", "--noproxy", "*", "--data-binary", "@-", control];
  return JSON.parse(execFileSync("curl", options, { input: JSON.stringify(request) }).toString());
}

const encode = (args: any[]) => args.map((arg) => (Buffer.isBuffer(arg) ? { $binary: arg.toString("base64") } : arg));
const decode = (args: any[]) => args.map((arg) => (arg?.$binary ? Buffer.from(arg.$binary, "base64") : arg));

// each change of the data is sent as a whole
function watched(value: any, changed: () => void): any {
  if (typeof value !== "object" || value === null) return value;
  return new Proxy(value, {
    get: (target, key) => watched(target[key], changed),
    set: (target, key, to) => {
      target[key] = to;
      changed();
      return true;
    },
  });
}

class ServerSocket {
  readonly handlers = new Map<string, (...args: any[]) => void>();
  readonly acks = new Map<number, (...args: any[]) => void>();
  private values: any;

  constructor(readonly server: number, readonly id: string, readonly handshake: any, data: any) {
    this.values = data;
  }

  private ask(op: string, more: object = {}) {
    return ask({ server: this.server, socket: this.id, op, ...more });
  }

  get data() {
    return watched(this.values, () => this.ask("data", { data: this.values }));
  }

  set data(to: any) {
    this.values = { ...to };
    this.ask("data", { data: this.values });
  }

  get rooms() {
    return new Set<string>(this.ask("rooms"));
  }

  join(room: string) {
    this.ask("join", { room });
  }

  leave(room: string) {
    this.ask("leave", { room });
  }

  disconnect(close = false) {
    this.ask("disconnect", { close });
  }

  on(event: string, handler: (...args: any[]) => void) {
    this.handlers.set(event, handler);
    this.ask("on", { event });
  }

  emit(event: string, ...args: any[]) {
    const callback = typeof args[args.length - 1] === "function" ? args.pop() : undefined;
    const ack = callback && this.acks.size + 1;
    if (callback) this.acks.set(ack, callback);
    this.ask("emit", { event, args: encode(args), ack });
  }
}

export class Server extends EventEmitter {
  readonly id: number;
  private readonly sockets = new Map<string, ServerSocket>();
  private readonly middlewares: ((socket: any, next: () => void) => void)[] = [];
  private open = true;

  constructor(http?: { server: number }) {
    super();
    this.id = http ? http.server : ask({ op: "create" });
    if (http) this.follow();
  }

  private async follow() {
    while (this.open) {
      const body = JSON.stringify({ op: "next", server: this.id });
      const event: any = await (await fetch(control, { method: "POST", body })).json();
      if (event) this.happened(event);
    }
  }

  private happened(event: any) {
    if (event.type === "use" || event.type === "connection") {
      const socket = new ServerSocket(this.id, event.id, event.handshake, event.data);
      this.sockets.set(event.id, socket);
      if (event.type === "use") this.middlewares.forEach((each) => each(socket, () => {}));
      else this.emit("connection", socket);
      // what awaits the event continues before the answer
      setImmediate(() => this.open && ask({ op: "done", server: this.id, what: event.type + event.id }));
    } else if (event.type === "event") {
      const answer = (...args: any[]) => ask({ op: "ack", server: this.id, ack: event.ack, args: encode(args) });
      const args = decode(event.args);
      this.sockets.get(event.id)?.handlers.get(event.name)?.(...(event.ack ? [...args, answer] : args));
    } else {
      for (const socket of this.sockets.values()) socket.acks.get(event.ack)?.(...decode(event.args));
    }
  }

  use(middleware: (socket: any, next: () => void) => void) {
    this.middlewares.push(middleware);
    ask({ op: "use", server: this.id });
  }

  of(pattern: RegExp) {
    ask({ op: "of", server: this.id, pattern: pattern.source });
  }

  listen(_port: number) {
    ask({ op: "listen", server: this.id });
  }

  close() {
    this.open = false;
    ask({ op: "close", server: this.id });
  }
}

// In one process, the functions of the server run before its clients receive anything. Here they are called over a connection of their own,
// so what an admin receives is held back for that long; what arrived together is still delivered together.
const heldBack = 300;

export function io(url: string, options?: object) {
  const socket: any = connect(url, options);
  const manager = socket.io;
  if (socket.nsp !== "/admin") return socket;
  const deliver = manager.ondata.bind(manager);
  let batch: any[] = [];
  manager.ondata = (data: any) => {
    batch.push(data);
    if (batch.length > 1) return;
    setTimeout(() => {
      const all = batch;
      batch = [];
      all.forEach(deliver);
    }, heldBack);
  };
  return socket;
}

export function createServer() {
  const server = ask({ op: "create" });
  let port = 0;
  return {
    server,
    listen(done: () => void) {
      port = ask({ op: "listen", server });
      setImmediate(done);
    },
    address: () => ({ port }),
  };
}

export function instrument(io: Server, options: object) {
  ask({ op: "instrument", server: io.id, options });
}

class Store {
  private readonly id: number;

  constructor(options: object = {}) {
    this.id = ask({ op: "store-create", ...options });
  }

  saveSession(session: string) {
    ask({ op: "store-save", store: this.id, session });
  }

  async doesSessionExist(session: string): Promise<boolean> {
    return ask({ op: "store-exists", store: this.id, session });
  }
}

export class InMemoryStore extends Store {}

export class RedisStore extends Store {
  constructor(_client: object, { prefix, sessionDuration }: { prefix: string; sessionDuration: number }) {
    super({ prefix, seconds: sessionDuration });
  }
}

export const RedisV4Store = RedisStore;

// the tests create these clients, and Sockeye uses its own
export class Redis {
  async connect() {}
  quit() {}
}

export const createClient = () => new Redis();
