package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that was forwarded by another server; address and TLS are those of the client's connection there.
 * Immutable.
 */
record NodeRequest(HostRequest request, ForwardSignature.Origin origin) implements HostRequest {

    @Override
    public String remoteAddress() {
        return origin.address();
    }

    @Override
    public boolean secure() {
        return origin.secure();
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
    public @Nullable Object attribute(String name) {
        return request.attribute(name);
    }
}
