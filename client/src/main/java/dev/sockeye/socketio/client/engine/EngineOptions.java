package dev.sockeye.socketio.client.engine;

import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.client.transport.TransportOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of an Engine.IO connection: the part of the client's options that the engine needs. */
public record EngineOptions(
        List<TransportName> transports,
        boolean tryAllTransports,
        boolean upgrade,
        Duration upgradeTimeout,
        String path,
        boolean addTrailingSlash,
        @Nullable Boolean timestampRequests,
        String timestampParam,
        Duration requestTimeout,
        boolean forceBase64,
        int maxInboundBytes,
        Map<TransportName, TransportOptions> transportOptions) {

    /** The options of one transport. */
    TransportOptions of(TransportName transport) {
        return transportOptions.getOrDefault(transport, TransportOptions.defaults());
    }

    /** Whether a transport sends binary data as base64 text although it could send bytes. */
    public boolean forceBase64(TransportName transport) {
        Boolean own = of(transport).forceBase64();
        return own == null ? forceBase64 : own;
    }

    Duration requestTimeout(TransportName transport) {
        Duration own = of(transport).requestTimeout();
        return own == null ? requestTimeout : own;
    }
}
