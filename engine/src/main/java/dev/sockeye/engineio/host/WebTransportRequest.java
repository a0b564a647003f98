package dev.sockeye.engineio.host;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.List;

/**
 * A request to open a WebTransport session: an HTTP/3 extended CONNECT that was validated by the host. Its {@link
 * #request()} has the method {@code CONNECT}.
 */
public interface WebTransportRequest extends ConnectRequest {

    /**
     * The maximum size of the first message in bytes, with which the client names its session or requests a new one.
     */
    int MAX_FIRST_MESSAGE = 4096;

    /**
     * Opens the session. {@link MessageListener#onOpen} is then called on this loop, before the client has opened its
     * stream: nothing may be sent until the first message was received. All messages are frames of that one stream; the
     * host refuses further streams and drops datagrams.
     *
     * <p>{@link MessageConnection#close} sends the queued messages, ends the stream, waits for the client to end it (up
     * to a limit of the host), and closes the session with code and reason. A malformed frame ends the session with a
     * {@link dev.sockeye.engineio.protocol.EngineDecodeException} as the error of {@link MessageListener#onClose}.
     *
     * @param headers headers to add to the 200 response
     * @param maxMessageSize the maximum size of a frame in bytes, without its header; for the first one {@link
     *     #MAX_FIRST_MESSAGE}
     */
    void accept(List<Header> headers, int maxMessageSize, MessageListener listener);
}
