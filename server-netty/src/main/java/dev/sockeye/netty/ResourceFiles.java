package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of one class path folder over HTTP. Only existing files are cached, so the cache is bounded by the
 * folder.
 */
final class ResourceFiles implements Function<HostRequest, HostResponse> {

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("jpg", "image/jpeg"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("txt", "text/plain; charset=utf-8"));

    private final Class<?> anchor;
    private final String folder;
    private final Map<String, HostResponse> found = new ConcurrentHashMap<>();

    ResourceFiles(Class<?> anchor, String folder) {
        this.anchor = anchor;
        String absolute = folder.startsWith("/") ? folder : "/" + folder;
        this.folder = absolute.endsWith("/") ? absolute.substring(0, absolute.length() - 1) : absolute;
    }

    @Override
    public HostResponse apply(HostRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return plain(405, "Method Not Allowed");
        }
        String path = request.uri();
        int query = path.indexOf('?');
        path = query < 0 ? path : path.substring(0, query);
        path = path.equals("/") ? "/index.html" : path;
        HostResponse response = found.get(path);
        if (response == null) {
            response = read(path);
            if (response == null) {
                return plain(404, "Not Found");
            }
            found.put(path, response);
        }
        return response;
    }

    private @Nullable HostResponse read(String path) {
        // no percent-decoding: encoded paths are not found
        if (!isPlain(path)) {
            return null;
        }
        String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
        if (type == null) {
            return null;
        }
        try (InputStream in = anchor.getResourceAsStream(folder + path)) {
            if (in == null) {
                return null;
            }
            return new HostResponse(200, List.of(new Header("Content-Type", type)), in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + path, e);
        }
    }

    private static boolean isPlain(String path) {
        if (!path.startsWith("/")) {
            return false;
        }
        // one pattern for all segments would need a stack as deep as their number
        for (String segment : path.substring(1).split("/", -1)) {
            if (!segment.matches("[A-Za-z0-9_-][A-Za-z0-9._-]*")) {
                return false;
            }
        }
        return true;
    }

    private static HostResponse plain(int status, String body) {
        return new HostResponse(
                status, List.of(new Header("Content-Type", "text/plain")), body.getBytes(StandardCharsets.UTF_8));
    }
}
