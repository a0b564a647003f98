package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.List;

/**
 * A request to open a WebTransport session: an extended CONNECT of HTTP/3, which the host has checked for form. Its
 * {@link #request()} has the method {@code CONNECT}.
 */
public interface WebTransportRequest extends ConnectRequest {

    /** The greatest first message, in bytes: the client names its session with it, or asks for a new one. */
    int MAX_FIRST_MESSAGE = 4096;

    /**
     * Opens the session. {@link MessageListener#onOpen} follows on this loop, before the client has opened its stream: nothing
     * may be sent until the first message has come. That message and all others are frames of that one stream; more
     * streams, and datagrams, are the host's to refuse or to drop.
     *
     * <p>The connection's {@link MessageConnection#close} finishes what is queued, ends the stream, waits for the client's end of it
     * up to a limit of the host's, and closes the session; code and reason go with it. A frame that is none ends the session with
     * a {@link dev.sockeye.engineio.protocol.EngineDecodeException} as the error of {@link MessageListener#onClose}.
     *
     * @param headers headers to add to the 200 answer
     * @param maxMessageSize the greatest accepted frame in bytes, without its header; the first one may have no more than {@link
     *     #MAX_FIRST_MESSAGE}
     */
    void accept(List<Header> headers, int maxMessageSize, MessageListener listener);
}
