package dev.sockeye.socketio.client;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A proxy to loopback only, which understands CONNECT of HTTP and SOCKS 5, and asks for a password if it has one. */
final class ScriptedProxy implements AutoCloseable {
    private static final byte[] SOCKS_OK = {5, 0, 0, 1, 127, 0, 0, 1, 0, 0};
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final @Nullable String credentials;

    ScriptedProxy() throws IOException {
        this(null);
    }

    /** @param credentials user and password with a colon between */
    ScriptedProxy(@Nullable String credentials) throws IOException {
        this.credentials = credentials;
        executor.execute(() -> {
            try {
                while (true) {
                    Socket client = server.accept();
                    sockets.add(client);
                    executor.execute(() -> serve(client));
                }
            } catch (IOException e) {
                // closed
            }
        });
    }

    int port() {
        return server.getLocalPort();
    }

    List<String> asked() {
        return asked;
    }

    private void serve(Socket client) {
        try (client) {
            var in = new DataInputStream(client.getInputStream());
            int first = in.read();
            int port = first == 5 ? askedBySocks(in, client.getOutputStream()) : askedByHttp(first, in, client);
            if (port < 0) {
                return;
            }
            try (Socket target = new Socket(InetAddress.getLoopbackAddress(), port)) {
                sockets.add(target);
                client.getOutputStream().write(first == 5 ? SOCKS_OK : ascii("HTTP/1.1 200 OK\r\n\r\n"));
                executor.execute(() -> pump(target, client));
                pump(client, target);
            }
        } catch (IOException e) {
            // one side went
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** The port, or -1 when refused. */
    private int askedByHttp(int first, InputStream in, Socket client) throws IOException {
        StringBuilder head = new StringBuilder().append((char) first);
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                return -1;
            }
            head.append((char) next);
        }
        String line = head.substring(0, head.indexOf("\r\n"));
        if (credentials != null) {
            String expected =
                    "proxy-authorization: Basic " + Base64.getEncoder().encodeToString(ascii(credentials));
            if (!head.toString().regionMatches(true, head.indexOf("\r\nproxy-a") + 2, expected, 0, expected.length())) {
                asked.add("refused");
                client.getOutputStream()
                        .write(ascii("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
                return -1;
            }
        }
        asked.add(line);
        return Integer.parseInt(line.split(" ", -1)[1].split(":", -1)[1]);
    }

    /** The port, or -1 when refused. */
    private int askedBySocks(DataInputStream in, OutputStream out) throws IOException {
        String methods = new String(in.readNBytes(in.read()), StandardCharsets.ISO_8859_1);
        char method = credentials == null ? (char) 0 : (char) 2;
        out.write(new byte[] {5, (byte) (methods.indexOf(method) < 0 ? 0xff : method)});
        if (methods.indexOf(method) < 0) {
            asked.add("refused");
            return -1;
        }
        if (credentials != null) {
            in.skipNBytes(1);
            String given = new String(in.readNBytes(in.read()), StandardCharsets.UTF_8) + ":"
                    + new String(in.readNBytes(in.read()), StandardCharsets.UTF_8);
            boolean right = given.equals(credentials);
            out.write(new byte[] {1, (byte) (right ? 0 : 1)});
            if (!right) {
                asked.add("refused");
                return -1;
            }
        }
        in.skipNBytes(3);
        int kind = in.read();
        String host =
                new String(in.readNBytes(kind == 3 ? in.read() : kind == 1 ? 4 : 16), StandardCharsets.ISO_8859_1);
        int port = in.readUnsignedShort();
        asked.add("SOCKS " + (kind == 3 ? host : "an address") + ":" + port);
        return port;
    }

    private static void pump(Socket from, Socket to) {
        byte[] buffer = new byte[8192];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            int count;
            while ((count = in.read(buffer)) > 0) {
                out.write(buffer, 0, count);
                out.flush();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            // one side went
        }
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
