package dev.sockeye.adapter.tck;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A TCP proxy on a free port of the loopback interface, in front of a server on this machine. A test can block its traffic,
 * close its connections, or redirect it to another server. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private final ServerSocket accepting;
    private final Map<Socket, Boolean> sockets = new ConcurrentHashMap<>();
    private volatile int target;
    private boolean cut;

    /**
     * Opens a proxy.
     *
     * @param target the port of the server
     */
    public TcpProxy(int target) {
        this.target = target;
        try {
            accepting = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread(this::accept);
    }

    private static void thread(Runnable task) {
        Thread thread = new Thread(task, "tcp-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    /** The port to connect to. */
    public int port() {
        return accepting.getLocalPort();
    }

    /** Sends new connections to the server on another port. */
    public void target(int port) {
        target = port;
    }

    /** Blocks all traffic. Connections stay open, and new ones are accepted. */
    public synchronized void cut() {
        cut = true;
    }

    /** Forwards traffic again, starting with the data that was held back. */
    public synchronized void heal() {
        cut = false;
        notifyAll();
    }

    /** Closes all connections. New ones are still accepted. */
    public void disconnect() {
        sockets.keySet().forEach(TcpProxy::close);
        sockets.clear();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized void awaitPassage() throws InterruptedException {
        while (cut) {
            wait();
        }
    }

    private void accept() {
        try {
            while (true) {
                Socket in = accepting.accept();
                thread(() -> connect(in));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void connect(Socket in) {
        sockets.put(in, true);
        try {
            awaitPassage();
            Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
            sockets.put(out, true);
            in.setTcpNoDelay(true);
            out.setTcpNoDelay(true);
            thread(() -> pump(in, out));
            thread(() -> pump(out, in));
        } catch (IOException e) {
            close(in);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[65_536];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                awaitPassage();
                out.write(buffer, 0, read);
            }
        } catch (IOException e) {
            // one side is closed
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(from);
            close(to);
            sockets.remove(from);
            sockets.remove(to);
        }
    }

    /** Closes the port and all connections. */
    @Override
    public void close() {
        heal();
        try {
            accepting.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        disconnect();
    }
}
