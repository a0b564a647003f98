package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request as a host would describe it. */
record FakeRequest(String method, String uri, Map<String, List<String>> headers, String remoteAddress)
        implements HostRequest {

    /** @param headers names and values in turn */
    static FakeRequest of(String method, String uri, String... headers) {
        Map<String, List<String>> map = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            map.computeIfAbsent(headers[i].toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(headers[i + 1]);
        }
        return new FakeRequest(method, uri, map, "127.0.0.1");
    }

    @Override
    public @Nullable String header(String name) {
        List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : values.get(0);
    }

    @Override
    public boolean secure() {
        return false;
    }
}
