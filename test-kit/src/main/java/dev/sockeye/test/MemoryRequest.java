package dev.sockeye.test;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request of an in-memory client. */
final class MemoryRequest implements HostRequest {
    private final String method;
    private final String uri;
    private final Map<String, List<String>> headers = new TreeMap<>();

    MemoryRequest(String method, String uri, Map<String, String> given) {
        this.method = method;
        this.uri = uri;
        headers.put("host", List.of("localhost"));
        given.forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), List.of(value)));
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String uri() {
        return uri;
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    @Override
    public Map<String, List<String>> headers() {
        return headers;
    }

    @Override
    public String remoteAddress() {
        return "127.0.0.1";
    }

    @Override
    public boolean secure() {
        return false;
    }
}
