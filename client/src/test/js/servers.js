// Several official servers in one process; prints their ports as one line of JSON. Ends with its standard input.
const { createServer } = require("http");
const { Server } = require("socket.io");
const { Server: Engine } = require("engine.io");
const msgpack = require("socket.io-msgpack-parser");

function listen(httpServer) {
  return new Promise((resolve) =>
    httpServer.listen(0, "127.0.0.1", () => resolve(httpServer.address().port)),
  );
}

async function main() {
  const ports = {};
  const main = createServer();
  socketServer(new Server(main, options({})));
  ports.main = await listen(main);

  const packed = createServer();
  socketServer(new Server(packed, options({ parser: msgpack })));
  ports.msgpack = await listen(packed);

  const small = createServer();
  socketServer(new Server(small, options({ maxHttpBufferSize: 1000 })));
  ports.small = await listen(small);

  const deflate = createServer();
  socketServer(new Server(deflate, options({ perMessageDeflate: { threshold: 10 } })));
  ports.deflate = await listen(deflate);

  const quick = createServer();
  const soon = { pingInterval: 300, pingTimeout: 1000, connectionStateRecovery: undefined };
  socketServer(new Server(quick, options(soon)));
  ports.quick = await listen(quick);

  const engine = createServer();
  engineServer(engine);
  ports.engine = await listen(engine);
  console.log(JSON.stringify(ports));
}

function options(more) {
  return {
    pingInterval: 2000,
    connectionStateRecovery: {},
    allowRequest: (req, callback) => setTimeout(() => callback(null, true), 10),
    ...more,
  };
}

const notes = {};

function socketServer(io) {
  for (const name of ["/timeout_socket", "/valid", "/asd", "/bar"]) {
    io.of(name).on("connection", () => {});
  }
  io.of("/foo").on("connection", (socket) => {
    socket.on("getId", (cb) => cb(socket.id));
  });
  io.of("/abc").on("connection", (socket) => {
    socket.emit("handshake", socket.handshake);
  });
  io.of("/no").use((socket, next) => {
    const error = new Error("Auth failed (custom namespace)");
    error.data = { code: 42 };
    next(error);
  });
  io.on("connection", (socket) => {
    socket.on("hi", () => socket.emit("hi"));
    socket.on("echo", (arg, cb) => cb(arg));
    socket.on("ack", () => {
      socket.emit("ack", (a, b) => {
        if (a === 5 && b.test) socket.emit("got it");
      });
    });
    socket.on("getAckDate", (data, cb) => cb(new Date()));
    socket.on("getDate", () => socket.emit("takeDate", new Date()));
    socket.on("getDateObj", () => socket.emit("takeDateObj", { date: new Date() }));
    socket.on("getUtf8", () => {
      for (const text of ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"]) {
        socket.emit("takeUtf8", text);
      }
    });
    socket.on("false", () => socket.emit("false", false));
    socket.on("doge", () => socket.emit("doge", Buffer.from("asdfasdf", "utf8")));
    socket.on("buffa", (a) => {
      if (Buffer.isBuffer(a)) socket.emit("buffack");
    });
    socket.on("jsonbuff", (a) => {
      if (a.hello === "lol" && Buffer.isBuffer(a.message) && a.goodbye === "gotcha") {
        socket.emit("jsonbuff-ack");
      }
    });
    let first = false;
    socket.on("abuff1", (a) => {
      first = Buffer.isBuffer(a);
    });
    socket.on("abuff2", () => {
      if (first) socket.emit("abuff2-ack");
    });
    socket.on("getHandshake", (cb) => cb(socket.handshake));
    socket.on("getId", (cb) => cb(socket.id));
    socket.on("kick", () => socket.disconnect());
    socket.on("numbers", (count) => {
      for (let i = 0; i < count; i++) socket.emit("number", i);
    });
    socket.on("join", (room, cb) => {
      socket.join(room);
      cb();
    });
    socket.on("toRoom", (room, text) => io.to(room).emit("room", text));
    socket.on("note", (key, value) => (notes[key] = notes[key] || []).push(value));
    socket.on("notes", (key, cb) => cb(notes[key] || []));
  });
}

function engineServer(httpServer) {
  const engine = new Engine({
    pingInterval: 500,
    maxHttpBufferSize: 100,
    allowRequest: (req, fn) => fn(null, !new URL("http://x" + req.url).searchParams.has("deny")),
  });
  // denyOne=<transport> refuses the handshake of one transport only
  httpServer.on("request", (req, res) => {
    const q = new URL("http://x" + req.url).searchParams;
    if (q.get("denyOne") === q.get("transport") && !q.has("sid")) {
      res.writeHead(403).end("refused");
    } else {
      engine.handleRequest(req, res);
    }
  });
  httpServer.on("upgrade", (req, socket, head) => {
    const q = new URL("http://x" + req.url).searchParams;
    if (q.get("denyOne") === q.get("transport")) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 7\r\n\r\nrefused");
    } else {
      engine.handleUpgrade(req, socket, head);
    }
  });
  engine.on("connection", (socket) => {
    socket.send("hi");
    socket.on("message", (data) => {
      if (data === "sendHeaders") {
        socket.send(JSON.stringify(socket.transport.dataReq.headers.cookie || "none"));
      } else if (data === "getExtra") {
        socket.send(String(socket.transport.dataReq.headers["x-extra"]));
      } else {
        socket.send(data);
      }
    });
  });
  engine.on("initial_headers", (headers) => {
    headers["set-cookie"] = [
      "1=1; Max-Age=86400",
      "2=2; Path=/; HttpOnly; Secure; SameSite=Strict",
      "3=3; Max-Age=0",
      "4=4; Expires=" + new Date().toUTCString(),
    ];
  });
}

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
main();
