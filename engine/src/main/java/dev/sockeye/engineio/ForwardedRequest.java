package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request that may have come through a proxy; the client's address is determined on first access. Thread-safe. */
final class ForwardedRequest implements HostRequest {
    private final HostRequest request;
    private final TrustedProxies proxies;
    /** Determined twice if two threads access it at the same time; the results are equal. */
    private @Nullable String client;

    ForwardedRequest(HostRequest request, TrustedProxies proxies) {
        this.request = request;
        this.proxies = proxies;
    }

    @Override
    public String remoteAddress() {
        String known = client;
        if (known == null) {
            known = proxies.clientAddress(request);
            client = known;
        }
        return known;
    }

    @Override
    public String method() {
        return request.method();
    }

    @Override
    public String uri() {
        return request.uri();
    }

    @Override
    public @Nullable String query(String name) {
        return request.query(name);
    }

    @Override
    public List<String> queryAll(String name) {
        return request.queryAll(name);
    }

    @Override
    public @Nullable String header(String name) {
        return request.header(name);
    }

    @Override
    public Map<String, List<String>> headers() {
        return request.headers();
    }

    @Override
    public boolean secure() {
        return request.secure();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return request.attribute(name);
    }
}
