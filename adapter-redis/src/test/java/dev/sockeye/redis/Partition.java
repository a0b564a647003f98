package dev.sockeye.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A proxy for Redis that can be slow, or silently partitioned: then connections stay open, and no data passes. */
final class Partition implements AutoCloseable {
    private final ServerSocket accepting = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final int target;
    private boolean cut;
    private long nanos;

    Partition(int target) throws IOException {
        this.target = target;
        thread(this::accept);
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "partition");
        thread.setDaemon(true);
        thread.start();
    }

    String uri() {
        return "redis://127.0.0.1:" + accepting.getLocalPort();
    }

    synchronized void cut() {
        cut = true;
    }

    synchronized void heal() {
        cut = false;
        nanos = 0;
        notifyAll();
    }

    /** Delays data in each direction from now on. */
    synchronized void slow(int millis) {
        nanos = millis * 1_000_000L;
    }

    private synchronized void passage() throws InterruptedException {
        long since = System.nanoTime();
        long left = nanos;
        while (cut || left > 0) {
            if (cut) {
                wait();
            } else {
                wait(left / 1_000_000 + 1);
            }
            left = nanos - (System.nanoTime() - since);
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket in = accepting.accept();
                sockets.add(in);
                Socket out;
                try {
                    out = new Socket(InetAddress.getLoopbackAddress(), target);
                } catch (IOException e) {
                    in.close();
                    continue;
                }
                sockets.add(out);
                thread(() -> pump(in, out));
                thread(() -> pump(out, in));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[65_536];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                passage();
                out.write(buffer, 0, read);
            }
        } catch (IOException | InterruptedException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        heal();
        accepting.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
