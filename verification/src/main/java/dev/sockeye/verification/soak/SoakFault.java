package dev.sockeye.verification.soak;

import dev.sockeye.verification.wire.RawHttp;
import dev.sockeye.verification.wire.RawWebSocket;
import java.io.IOException;

/** Faults that a server must handle without leaking anything. */
enum SoakFault {
    /** A client that is sent more than its queue may hold, reads nothing, and is closed because of it. */
    READER_THAT_STALLS {
        @Override
        void run(int port) throws IOException {
            try (RawWebSocket socket = SoakCycle.joined(port)) {
                socket.send("42[\"flood\",200]");
                SoakCycle.pass(1500);
                if (!socket.raw().closes()) {
                    throw new IOException("a client that reads nothing was not closed");
                }
            }
        }
    },
    /** The same, but the client reads slowly. */
    READER_THAT_IS_SLOW {
        @Override
        void run(int port) throws IOException {
            try (RawWebSocket socket = SoakCycle.joined(port)) {
                socket.send("42[\"flood\",40]");
                for (int i = 0; i < 40; i++) {
                    socket.readUntil("42[\"water\"");
                    SoakCycle.pass(50);
                }
                socket.send("41");
            }
        }
    },
    GREAT_PAYLOADS {
        @Override
        void run(int port) throws IOException {
            String text = "42[\"swallow\",\"" + "x".repeat(900_000) + "\"]";
            try (RawWebSocket socket = SoakCycle.joined(port)) {
                for (int i = 0; i < 3; i++) {
                    socket.send(text);
                }
                socket.send("420[\"echo\",1]");
                socket.readUntil("430[1]");
            }
            try (RawHttp http = new RawHttp(port)) {
                String sid = SoakCycle.connect(http);
                SoakCycle.post(http, sid, text);
                SoakCycle.post(http, sid, "1");
            }
        }
    },
    PAYLOAD_THAT_IS_TOO_GREAT {
        @Override
        void run(int port) throws IOException {
            try (RawWebSocket socket = SoakCycle.joined(port)) {
                socket.send("42[\"swallow\",\"" + "x".repeat(1_100_000) + "\"]");
                if (!socket.raw().closes()) {
                    throw new IOException("a message over the limit was taken");
                }
            } catch (java.net.SocketException e) {
                // the server has closed the connection while the message was being written
            }
        }
    },
    /** A client that sends more than a mailbox holds to a blocked handler, and disconnects before the handler continues. */
    BLOCKED_HANDLER {
        @Override
        void run(int port) throws IOException {
            RawWebSocket socket = SoakCycle.joined(port);
            socket.send("42[\"block\",1500]");
            for (int i = 0; i < 1500; i++) {
                socket.send("42[\"swallow\"," + i + "]");
            }
            socket.reset();
        }
    },
    BLOCKED_HANDLER_THAT_GOES_ON {
        @Override
        void run(int port) throws IOException {
            try (RawWebSocket socket = SoakCycle.joined(port)) {
                socket.send("42[\"block\",500]");
                for (int i = 0; i < 1500; i++) {
                    socket.send("42[\"swallow\"," + i + "]");
                }
                socket.send("420[\"echo\",1]");
                socket.readUntil("430[1]");
            }
        }
    },
    /** A client that leaves dozens of rooms and pending acknowledgements behind. */
    MANY_ROOMS {
        @Override
        void run(int port) throws IOException {
            RawWebSocket socket = SoakCycle.joined(port);
            for (int i = 0; i < 50; i++) {
                socket.send("42[\"join\",\"own-" + port + "-" + i + "-" + System.nanoTime() + "\"]");
                socket.send("42[\"ask\"]");
            }
            socket.readUntil("42");
            socket.reset();
        }
    },
    /** A binary event whose last attachment is never sent. */
    ATTACHMENT_MISSING {
        @Override
        void run(int port) throws IOException {
            RawWebSocket socket = SoakCycle.joined(port);
            socket.send("452-[\"swallow\",{\"_placeholder\":true,\"num\":0},{\"_placeholder\":true,\"num\":1}]");
            socket.frame(2, new byte[100_000]);
            socket.reset();
        }
    };

    abstract void run(int port) throws IOException;
}
