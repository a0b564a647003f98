package dev.sockeye.verification.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A load balancer for TCP: connections are distributed over the active servers in turn. */
final class Balancer implements AutoCloseable {
    private final ServerSocket accepting = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    private final List<Integer> targets = new CopyOnWriteArrayList<>();
    private final Map<Socket, Integer> open = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();

    Balancer() throws IOException {
        thread(this::accept);
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "balancer");
        thread.setDaemon(true);
        thread.start();
    }

    String url() {
        return "http://127.0.0.1:" + accepting.getLocalPort();
    }

    void add(int port) {
        targets.add(port);
    }

    /** Stops sending new connections to a server. */
    void remove(int port) {
        targets.remove(Integer.valueOf(port));
    }

    /** Cuts the connections to a server without closing them properly. */
    void cut(int port) {
        open.forEach((socket, target) -> {
            if (target == port) {
                close(socket);
            }
        });
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // already closed
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket client = accepting.accept();
                List<Integer> now = List.copyOf(targets);
                if (now.isEmpty()) {
                    close(client);
                    continue;
                }
                connect(client, now.get(Math.floorMod(turn.getAndIncrement(), now.size())));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void connect(Socket client, int target) {
        try {
            Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            open.put(client, target);
            open.put(server, target);
            thread(() -> pump(client, server));
            thread(() -> pump(server, client));
        } catch (IOException e) {
            close(client);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // one side has closed
        } finally {
            close(from);
            close(to);
            open.remove(from);
            open.remove(to);
        }
    }

    @Override
    public void close() throws IOException {
        accepting.close();
        open.keySet().forEach(Balancer::close);
    }
}
