package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to switch to WebSocket, which the host has checked for form ({@code Sec-WebSocket-Key}, version 13; a malformed
 * one it answers itself with 400). Exactly one of {@link #accept}, {@link #reject} and {@link #abort} takes effect.
 */
public interface WebSocketUpgrade {

    /** The request's facts. */
    HostRequest request();

    /** The loop of the connection. */
    EngineLoop loop();

    /**
     * Completes the opening handshake. {@link WebSocketListener#onOpen} follows on this loop; frames that came with the
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
            WebSocketListener listener);

    /** Refuses the upgrade with a plain HTTP answer and closes the connection. */
    void reject(HostResponse response);

    /** Closes the connection without an answer. */
    void abort();

    /** Registers what to do when the connection is lost before an answer; as {@link HttpExchange#onConnectionLost}. */
    void onConnectionLost(Runnable action);
}
