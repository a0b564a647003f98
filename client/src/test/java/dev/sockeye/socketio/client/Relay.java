package dev.sockeye.socketio.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A relay between client and server that can fail in every way: as a network, a proxy, or a faulty server. */
final class Relay implements AutoCloseable {
    /** What becomes of a new connection. */
    interface Way {
        void take(Relay relay, Socket client, byte[] head) throws IOException;
    }

    /** To the server and back. */
    static final Way FORWARD = Relay::forward;

    /** Resets the connection immediately. */
    static final Way RESET = (relay, client, head) -> reset(client);

    /** Accepted, and nothing more. */
    static final Way SILENCE = (relay, client, head) -> {};

    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "relay");
        thread.setDaemon(true);
        return thread;
    });
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final ByteArrayOutputStream upstream = new ByteArrayOutputStream();
    private volatile int target;
    private volatile Way way = FORWARD;
    private volatile Way webSocketWay;
    private volatile int generation;
    private volatile int frozenTo;
    private volatile int mutedTo;

    Relay(int target) throws IOException {
        this.target = target;
        executor.execute(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    sockets.add(client);
                    connections.incrementAndGet();
                    executor.execute(() -> serve(client));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    /** An HTTP answer to each request, and the end of the connection. */
    static Way answering(int status, String type, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        String head = "HTTP/1.1 " + status + " X\r\nContent-Type: " + type + "\r\nContent-Length: " + bytes.length
                + "\r\nConnection: close\r\n\r\n";
        return (relay, client, request) -> {
            client.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
            client.getOutputStream().write(bytes);
            client.getOutputStream().flush();
            client.shutdownOutput();
        };
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    int port() {
        return server.getLocalPort();
    }

    int connections() {
        return connections.get();
    }

    /** From now on new connections go there. */
    void target(int port) {
        target = port;
    }

    /** From now on new connections fare so. */
    void way(Way next) {
        way = next;
    }

    /** From now on new WebSocket connections fare so. */
    void webSocketWay(Way next) {
        webSocketWay = next;
    }

    /** The connections of now are reset. */
    void cut() {
        sockets.forEach(Relay::reset);
        sockets.clear();
    }

    /** The connections of now carry nothing more, in either direction, and are not closed. */
    synchronized void freeze() {
        frozenTo = generation + 1;
        generation = frozenTo;
    }

    /** The connections of now carry nothing more from the server to the client. */
    synchronized void mute() {
        mutedTo = generation + 1;
        generation = mutedTo;
    }

    /** What clients sent. */
    byte[] upstream() {
        synchronized (upstream) {
            return upstream.toByteArray();
        }
    }

    private void serve(Socket client) {
        try {
            // a WebSocket is detected by the head of the first request; TLS records are passed on
            InputStream in = client.getInputStream();
            ByteArrayOutputStream head = new ByteArrayOutputStream();
            byte[] buffer = new byte[8192];
            int count = in.read(buffer);
            if (count < 0) {
                return;
            }
            head.write(buffer, 0, count);
            boolean webSocket = head.toString(StandardCharsets.ISO_8859_1).contains("transport=websocket");
            Way special = webSocketWay;
            (webSocket && special != null ? special : way).take(this, client, head.toByteArray());
        } catch (IOException e) {
            reset(client);
        }
    }

    private void forward(Socket client, byte[] head) throws IOException {
        Socket there = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(there);
        int born = generation;
        executor.execute(() -> pump(there, client, born, false));
        record(head);
        there.getOutputStream().write(head);
        pump(client, there, born, true);
    }

    private void record(byte[] bytes) {
        synchronized (upstream) {
            upstream.writeBytes(bytes);
        }
    }

    private void pump(Socket from, Socket to, int born, boolean up) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(buffer)) > 0) {
                if (born < frozenTo || (!up && born < mutedTo)) {
                    continue; // lost on the way
                }
                if (up) {
                    record(java.util.Arrays.copyOf(buffer, count));
                }
                out.write(buffer, 0, count);
                out.flush();
            }
            if (born >= frozenTo) {
                to.shutdownOutput();
            }
        } catch (IOException e) {
            if (born >= frozenTo) {
                reset(to);
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // it is closed
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        cut();
        executor.shutdownNow();
    }
}
