package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.EngineMiddleware;
import dev.sockeye.engineio.ResponseHeaders;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Serves the browser client in front of the engine. The files come from the npm package {@code socket.io-client} and are
 * compressed when this module is built.
 */
final class ClientBundle implements EngineMiddleware {
    private static final Set<String> FILES = Set.of(
            "socket.io.esm.min.js",
            "socket.io.esm.min.js.map",
            "socket.io.js",
            "socket.io.js.map",
            "socket.io.min.js",
            "socket.io.min.js.map",
            "socket.io.msgpack.min.js",
            "socket.io.msgpack.min.js.map");

    private static final String FOLDER = "/dev/sockeye/socketio/server/client-dist/";

    private final String prefix;
    private final String etag = "\"" + version() + "\"";
    private final Map<String, byte[]> loaded = new ConcurrentHashMap<>();

    /**
     * @param path the path of the engine, without a trailing slash
     */
    ClientBundle(String path) {
        this.prefix = path + "/";
    }

    /** The version of the client. */
    static String version() {
        Properties properties = new Properties();
        try (InputStream in = open("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    @Override
    public void handle(HostRequest request, ResponseHeaders others, Chain chain) {
        String file = file(request);
        if (file == null) {
            chain.next();
            return;
        }
        ResponseHeaders headers = new ResponseHeaders();
        headers.set("Cache-Control", "public, max-age=0").set("ETag", etag);
        String known = request.header("if-none-match");
        if (known != null && (known.equals(etag) || known.equals("W/" + etag))) {
            chain.respond(new HostResponse(304, headers.toList(), new byte[0]));
            return;
        }
        headers.set(
                "Content-Type",
                (file.endsWith(".map") ? "application/json" : "application/javascript") + "; charset=utf-8");
        headers.add("Vary", "Accept-Encoding");
        String encoding = request.acceptedEncoding("br", "gzip");
        if (encoding != null) {
            headers.set("Content-Encoding", encoding);
        }
        chain.respond(new HostResponse(200, headers.toList(), content(file, encoding)));
    }

    private @Nullable String file(HostRequest request) {
        String uri = request.uri();
        if (!uri.startsWith(prefix)
                || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
            return null;
        }
        int mark = uri.indexOf('?');
        String name = uri.substring(prefix.length(), mark < 0 ? uri.length() : mark);
        return FILES.contains(name) ? name : null;
    }

    private byte[] content(String file, @Nullable String encoding) {
        String stored = encoding == null ? file : file + (encoding.equals("br") ? ".br" : ".gz");
        return loaded.computeIfAbsent(stored, name -> {
            try (InputStream in = open(name)) {
                return in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = ClientBundle.class.getResourceAsStream(FOLDER + name);
        if (in == null) {
            throw new IOException(FOLDER + name + " is missing: this module was built without its npm step");
        }
        return in;
    }
}
