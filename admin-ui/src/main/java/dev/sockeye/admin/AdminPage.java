package dev.sockeye.admin;

import dev.sockeye.engineio.EngineMiddleware;
import dev.sockeye.engineio.ResponseHeaders;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Serves the page. It runs in front of the engine, so the page is below the path of the server and available on every host. Its
 * files are from the npm package {@code @socket.io/admin-ui}, its fonts and icons from their own packages: nothing is loaded
 * from other sites.
 */
final class AdminPage implements EngineMiddleware {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; font-src 'self'; connect-src 'self' http: https: ws: wss:;"
            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml",
            "png", "image/png",
            "woff2", "font/woff2");

    private final String folder;
    private final byte[] preset;
    private final Properties files = new Properties();
    private final Map<String, byte[]> loaded = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /**
     * @param folder the path of the page, without a trailing slash
     * @param namespace the namespace that it connects to
     * @param parser the page's name for the server's parser
     */
    AdminPage(String folder, String namespace, String parser) {
        this.folder = folder;
        this.preset = preset(namespace, parser);
        try (InputStream in = open("files.properties")) {
            files.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void close() {
        closed = true;
    }

    @Override
    public void handle(HostRequest request, ResponseHeaders others, Chain chain) {
        String file = closed ? null : file(request);
        if (file == null) {
            chain.next();
            return;
        }
        ResponseHeaders headers = new ResponseHeaders();
        headers.set("X-Content-Type-Options", "nosniff");
        if (file.equals("/")) {
            String name = folder.substring(folder.lastIndexOf('/') + 1);
            headers.set("Location", name + "/").set("Cache-Control", "no-cache");
            chain.respond(new HostResponse(307, headers.toList(), new byte[0]));
        } else if (file.equals("preset.js")) {
            headers.set("Content-Type", type(file)).set("Cache-Control", "no-cache");
            chain.respond(new HostResponse(200, headers.toList(), preset));
        } else {
            respond(request, headers, file, chain);
        }
    }

    private void respond(HostRequest request, ResponseHeaders headers, String file, Chain chain) {
        String etag = "\"" + files.getProperty(file) + "\"";
        // all files except the page itself have their hash or the version in the name
        boolean page = file.equals("index.html");
        headers.set("Cache-Control", page ? "no-cache" : "public, max-age=86400")
                .set("ETag", etag);
        if (page) {
            headers.set("Content-Security-Policy", POLICY)
                    .set("Referrer-Policy", "no-referrer")
                    .set("X-Frame-Options", "DENY");
        }
        String known = request.header("if-none-match");
        if (known != null && (known.equals(etag) || known.equals("W/" + etag))) {
            chain.respond(new HostResponse(304, headers.toList(), new byte[0]));
            return;
        }
        headers.set("Content-Type", type(file));
        byte[] body = loaded.computeIfAbsent(file, AdminPage::load);
        if (compressed(file)) {
            headers.set("Vary", "Accept-Encoding");
            if (request.acceptedEncoding("gzip") != null) {
                headers.set("Content-Encoding", "gzip");
            } else {
                body = inflate(body);
            }
        }
        chain.respond(new HostResponse(200, headers.toList(), body));
    }

    /** The requested file; {@code /} for the folder without its slash; {@code null} if the request is not for the page. */
    private @Nullable String file(HostRequest request) {
        String uri = request.uri();
        if (!uri.startsWith(folder)
                || !(request.method().equals("GET") || request.method().equals("HEAD"))) {
            return null;
        }
        int mark = uri.indexOf('?');
        String name = uri.substring(folder.length(), mark < 0 ? uri.length() : mark);
        if (name.isEmpty()) {
            return "/";
        }
        String file = name.equals("/") ? "index.html" : name.substring(1);
        boolean known = name.startsWith("/") && (files.containsKey(file) || file.equals("preset.js"));
        return known ? file : null;
    }

    private static String type(String file) {
        return TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
    }

    /** Whether it is stored compressed. */
    private static boolean compressed(String file) {
        return !file.endsWith(".png") && !file.endsWith(".woff2");
    }

    private static byte[] load(String file) {
        try (InputStream in = open(compressed(file) ? file + ".gz" : file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] inflate(byte[] body) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot happen in memory", e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = AdminPage.class.getResourceAsStream("ui-dist/" + name);
        if (in == null) {
            throw new IOException("ui-dist/" + name + " is missing: this module was built without its npm step");
        }
        return in;
    }

    /** Presets the address of the server that served the page; the user's own choices are kept. */
    private static byte[] preset(String namespace, String parser) {
        String script = """
                try {
                  const chosen = localStorage.getItem("server_url");
                  if (!chosen || chosen === location.origin) {
                    localStorage.setItem("server_url", location.origin);
                    localStorage.setItem("path", new URL("..", location.href).pathname.replace(/(.)\\/$/, "$1"));
                    localStorage.setItem("namespace", %s);
                    localStorage.setItem("parser", "%s");
                  }
                } catch (e) {
                  console.warn("no local storage", e);
                }
                """;
        return script.formatted(quote(namespace), parser).getBytes(StandardCharsets.UTF_8);
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c < 0x7f && c != '"' && c != '\\' && c != '<';
            quoted.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return quoted.append('"').toString();
    }
}
