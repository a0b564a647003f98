package dev.sockeye.socketio.client.transport;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a {@link ClientTransport} connects.
 *
 * @param server the address of the server
 * @param proxy the proxy to connect through; {@code null} for none
 * @param tls how the server is verified; used when the address is secure
 * @param perMessageDeflate whether WebSockets offer compression
 * @param perMessageDeflateThreshold messages of fewer bytes are not compressed
 * @param maxInboundBytes the largest WebSocket message that is accepted, in bytes
 * @param protocols the WebSocket subprotocols to offer, best first; empty for none
 */
public record NetworkOptions(
        ServerAddress server,
        @Nullable ProxyOptions proxy,
        TlsOptions tls,
        boolean perMessageDeflate,
        int perMessageDeflateThreshold,
        int maxInboundBytes,
        List<String> protocols) {

    /** Creates options; the list of protocols is copied. */
    public NetworkOptions {
        protocols = List.copyOf(protocols);
    }
}
