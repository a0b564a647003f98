package dev.sockeye.socketio.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server with responses defined by the test. */
final class ScriptedServer implements AutoCloseable {
    record Request(String method, String uri) {}

    record Reply(int status, String type, String body) {
        /** Closes the connection without an answer. */
        static final Reply CUT = new Reply(0, "", "");

        /** Starts a response, then closes the connection. */
        static final Reply TORN = new Reply(1, "", "");
    }

    interface Script {
        /** The answer; {@code null}: none, the connection stays open. */
        Reply answer(Request request);
    }

    /** As a status: the answer is 200, after an informational response. */
    static final int EARLY_HINTS = 103;

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Script script;

    ScriptedServer(Script script) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
    }

    ScriptedServer(ServerSocket server, Script script) {
        this.server = server;
        this.script = script;
        executor.execute(this::accept);
    }

    static ScriptedServer answering(int status, String type, String body) throws IOException {
        return new ScriptedServer(request -> new Reply(status, type, body));
    }

    /** The handshake, the answer to a CONNECT, then nothing. */
    static ScriptedServer openingThenSilent(String open) throws IOException {
        AtomicInteger polls = new AtomicInteger();
        return new ScriptedServer(request -> {
            if (request.method().equals("POST")) {
                return new Reply(200, "text/html", "ok");
            } else if (!request.uri().contains("sid=")) {
                polls.set(0);
                return new Reply(200, "text/plain", open);
            }
            return polls.incrementAndGet() == 1 ? new Reply(200, "text/plain", "40{\"sid\":\"socket\"}") : null;
        });
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                executor.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    @SuppressWarnings({"deprecation", "ReferenceEquality"}) // readLine of DataInputStream is right for ASCII headers
    private void serve(Socket socket) {
        try (socket) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            String first;
            while ((first = in.readLine()) != null) {
                int length = 0;
                String line;
                while ((line = in.readLine()) != null && !line.isEmpty()) {
                    if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                        length = Integer.parseInt(line.substring(15).trim());
                    }
                }
                in.readNBytes(length);
                String[] parts = first.split(" ", -1);
                Reply reply = script.answer(new Request(parts[0], parts[1]));
                if (reply == Reply.CUT) {
                    return;
                }
                if (reply == Reply.TORN) {
                    socket.getOutputStream().write("HTTP/1.1 20".getBytes(StandardCharsets.US_ASCII));
                    return;
                }
                if (reply != null) {
                    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
                    String start = reply.status() == EARLY_HINTS
                            ? "HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\nHTTP/1.1 200"
                            : "HTTP/1.1 " + reply.status();
                    String head = start + " X\r\nContent-Type: " + reply.type() + "\r\nContent-Length: " + body.length
                            + "\r\n\r\n";
                    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
                    socket.getOutputStream().write(body);
                    socket.getOutputStream().flush();
                }
            }
        } catch (IOException e) {
            // the client went
        } finally {
            sockets.remove(socket);
        }
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket socket : sockets) {
            socket.close();
        }
        executor.shutdownNow();
    }
}
