package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request of a simulated client. */
record SimulatedRequest(String method, String uri, String remoteAddress) implements HostRequest {
    @Override
    public @Nullable String header(String name) {
        return null;
    }

    @Override
    public Map<String, List<String>> headers() {
        return Map.of();
    }

    @Override
    public boolean secure() {
        return false;
    }
}
