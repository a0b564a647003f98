package dev.sockeye.verification.wire;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A TCP connection for requests that a well-behaved HTTP client would not send. */
public final class RawHttp implements AutoCloseable {

    /** A response. Header names are in lower case. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final Socket socket;
    private final InputStream in;

    public RawHttp(int port) throws IOException {
        this(port, InetAddress.getLoopbackAddress());
    }

    /** Connects from an address of this machine. */
    public RawHttp(int port, InetAddress from) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port, from, 0);
        socket.setSoTimeout((int) Wire.PATIENCE.toMillis());
        socket.setTcpNoDelay(true);
        this.in = socket.getInputStream();
    }

    public Socket socket() {
        return socket;
    }

    public RawHttp write(String text) throws IOException {
        return write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    public RawHttp write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    private String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("connection closed");
            }
            if (b != '\r') {
                line.write(b);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    /** Reads one response; throws {@link EOFException} if the server has closed the connection instead. */
    public Answer read() throws IOException {
        String status = line();
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            headers.merge(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip(),
                    (first, second) -> first + "\n" + second);
        }
        int code = Integer.parseInt(status.split(" ", -1)[1]);
        byte[] body;
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding"))) {
            ByteArrayOutputStream chunks = new ByteArrayOutputStream();
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                chunks.writeBytes(in.readNBytes(size));
                line();
            }
            line();
            body = chunks.toByteArray();
        } else if (headers.containsKey("content-length")) {
            body = in.readNBytes(Integer.parseInt(headers.get("content-length")));
        } else if (code == 101 || code == 204 || code == 304) {
            body = new byte[0];
        } else {
            body = in.readAllBytes();
        }
        return new Answer(code, headers, body);
    }

    /** Whether the server closes the connection; data that is still received is discarded. */
    public boolean closes() {
        try {
            while (in.read() >= 0) {
                // data that is still received
            }
            return true;
        } catch (java.net.SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
