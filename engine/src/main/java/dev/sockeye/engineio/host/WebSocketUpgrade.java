package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to switch to WebSocket, which the host has checked for form ({@code Sec-WebSocket-Key}, version 13; a malformed
 * one it answers itself with 400).
 */
public interface WebSocketUpgrade extends ConnectRequest {

    /**
     * Completes the opening handshake. {@link MessageListener#onOpen} follows on this loop; frames that came with the
     * request are delivered after it.
     *
     * @param headers headers to add to the 101 answer
     * @param maxMessageSize the greatest accepted message in bytes (after decompression); a larger one closes with 1009 and
     *     an empty reason
     * @param compression permessage-deflate, or {@code null} for none
     */
    void accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener);

    /**
     * Sends this request to another server and joins the two connections, instead of {@link #accept}. Called on this request's loop. The
     * default gives false: the engine does it with {@link java.net.http.WebSocket}.
     *
     * @return whether this host does it
     */
    default boolean forward(NodeForward forward) {
        return false;
    }
}
