package dev.sockeye.verification.soak;

import dev.sockeye.verification.wire.RawHttp;
import dev.sockeye.verification.wire.RawWebSocket;
import dev.sockeye.verification.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One lifetime of a client, from the first byte to the last. */
enum SoakCycle {
    POLLING {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                post(http, sid, "420[\"echo\"," + n + "]");
                pollUntil(http, sid, "430[" + n + "]");
                post(http, sid, n % 2 == 0 ? "1" : "41\u001e1");
            }
        }
    },
    POLL_ABORTED {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                http.write(request("GET", POLLING_QUERY + "&sid=" + sid, ""));
            }
        }
    },
    POLLING_WITHOUT_CONNECT {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                open(http);
            }
        }
    },
    POST_CUT_SHORT {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                http.write(request("POST", POLLING_QUERY + "&sid=" + sid, "42[\"echo\"]")
                        .replace("Content-Length: 10", "Content-Length: 1000"));
            }
        }
    },
    WEBSOCKET {
        @Override
        void run(int port, int n) throws IOException {
            try (RawWebSocket socket = joined(port)) {
                socket.send("40/other,");
                socket.readUntil("40/other,");
                socket.send("42[\"ask\"]");
                socket.readUntil("42");
                if (n % 3 == 0) {
                    socket.send("42[\"all\",\"" + "x".repeat(500) + "\"]");
                }
                socket.send("41");
                socket.frame(RawWebSocket.CLOSE, new byte[] {3, (byte) 0xe8});
                while (socket.read().opcode() != RawWebSocket.CLOSE) {
                    // data that was in transit
                }
            }
        }
    },
    WEBSOCKET_RESET {
        @Override
        void run(int port, int n) throws IOException {
            RawWebSocket socket = joined(port);
            socket.send("42[\"ask\"]");
            socket.send("42[\"all\",\"bye\"]");
            socket.send("451-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
            socket.reset();
        }
    },
    WEBSOCKET_CUT_FRAME {
        @Override
        void run(int port, int n) throws IOException {
            RawWebSocket socket = joined(port);
            socket.raw().write(new byte[] {(byte) 0x81, (byte) 0xfe, 0x01});
            socket.reset();
        }
    },
    UPGRADE {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                try (RawWebSocket socket = probe(port, sid)) {
                    socket.readUntil("3probe");
                    http.write(request("GET", POLLING_QUERY + "&sid=" + sid, ""));
                    http.read();
                    socket.send("5");
                    socket.send("420[\"echo\"," + n + "]");
                    socket.readUntil("430[" + n + "]");
                    socket.send(n % 2 == 0 ? "1" : "41");
                }
            }
        }
    },
    UPGRADE_BROKEN_AFTER_PROBE {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                RawWebSocket socket = probe(port, sid);
                socket.readUntil("3probe");
                socket.reset();
                if (n % 2 == 0) {
                    post(http, sid, "1");
                }
            }
        }
    },
    UPGRADE_WITHOUT_PROBE {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                RawWebSocket socket = RawWebSocket.open(port, target(WEBSOCKET_QUERY + "&sid=" + sid));
                if (n % 2 == 0) {
                    socket.send("abc");
                }
                socket.close();
                post(http, sid, "1");
            }
        }
    },
    UPGRADE_AND_CLOSE_AT_ONCE {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String sid = connect(http);
                try (RawWebSocket socket = probe(port, sid)) {
                    post(http, sid, "1");
                    socket.send("5");
                }
            }
        }
    },
    HANDSHAKE_CUT_SHORT {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String request = RawWebSocket.handshake(target(WEBSOCKET_QUERY));
                http.write(request.substring(0, n % request.length()));
            }
        }
    },
    REFUSED {
        @Override
        void run(int port, int n) throws IOException {
            try (RawHttp http = new RawHttp(port)) {
                String query = switch (n % 4) {
                    case 0 -> POLLING_QUERY + "&sid=unknown";
                    case 1 -> "EIO=4&transport=nothing";
                    case 2 -> WEBSOCKET_QUERY;
                    default -> "EIO=3&transport=polling";
                };
                http.write(request("GET", query, ""));
                if (http.read().status() != 400) {
                    throw new IOException("not refused: " + query);
                }
            }
        }
    };

    private static final String POLLING_QUERY = "EIO=4&transport=polling";
    private static final String WEBSOCKET_QUERY = "EIO=4&transport=websocket";

    abstract void run(int port, int n) throws IOException;

    private static String target(String query) {
        return "/socket.io/?" + query;
    }

    private static String request(String method, String query, String body) {
        String head = method + " " + target(query) + " HTTP/1.1\r\nHost: localhost\r\n";
        return method.equals("GET")
                ? head + "\r\n"
                : head + "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body;
    }

    static void pass(long millis) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private static String open(RawHttp http) throws IOException {
        return Wire.sid(http.write(request("GET", POLLING_QUERY, "")).read().text());
    }

    static String connect(RawHttp http) throws IOException {
        String sid = open(http);
        post(http, sid, "40");
        pollUntil(http, sid, "40{");
        return sid;
    }

    static void post(RawHttp http, String sid, String body) throws IOException {
        RawHttp.Answer answer =
                http.write(request("POST", POLLING_QUERY + "&sid=" + sid, body)).read();
        if (answer.status() != 200) {
            throw new IOException("POST: " + answer.status() + " " + answer.text());
        }
    }

    private static void pollUntil(RawHttp http, String sid, String beginning) throws IOException {
        while (true) {
            RawHttp.Answer answer = http.write(request("GET", POLLING_QUERY + "&sid=" + sid, ""))
                    .read();
            if (answer.status() != 200) {
                throw new IOException("GET: " + answer.status() + " " + answer.text());
            }
            for (String packet : answer.text().split("\u001e", -1)) {
                if (packet.startsWith(beginning)) {
                    return;
                }
            }
        }
    }

    static RawWebSocket joined(int port) throws IOException {
        RawWebSocket socket = RawWebSocket.open(port, target(WEBSOCKET_QUERY));
        socket.readUntil("0{");
        socket.send("40");
        socket.readUntil("40{");
        return socket;
    }

    private static RawWebSocket probe(int port, String sid) throws IOException {
        RawWebSocket socket = RawWebSocket.open(port, target(WEBSOCKET_QUERY + "&sid=" + sid));
        socket.send("2probe");
        return socket;
    }
}
