package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket upgrade request that was validated by the host ({@code Sec-WebSocket-Key}, version 13; the host answers
 * malformed requests with 400).
 */
public interface WebSocketUpgrade extends ConnectRequest {

    /**
     * Completes the opening handshake. {@link MessageListener#onOpen} is then called on this loop; frames received with
     * the request are delivered after it.
     *
     * @param headers headers to add to the 101 response
     * @param maxMessageSize the maximum message size in bytes (after decompression); a larger message closes the
     *     connection with 1009 and an empty reason
     * @param compression permessage-deflate, or {@code null} for none
     */
    void accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener);

    /**
     * Forwards this request to another server and connects the two WebSockets, instead of {@link #accept}. Called on
     * this request's loop. The default implementation returns false: then the engine forwards it with {@link
     * java.net.http.WebSocket}.
     *
     * @return whether this host forwards the request
     */
    default boolean forward(NodeForward forward) {
        return false;
    }
}
