package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.channel.Channel;

/**
 * The carrier of an {@link Exchange}: an HTTP/1.1 connection or an HTTP/2 stream. All methods are called on the loop.
 */
interface ExchangeCarrier {

    NettyLoop loop();

    HostedEngine engine();

    /** The underlying TCP connection. */
    Channel tcp();

    /** Requests the body that the client has announced with {@code Expect: 100-continue}. */
    void continueBody();

    /** Continues with the received parts of the body, which is being read now. */
    void resume();

    /** Whether received data is still to be handled. */
    boolean reading();

    /** The body is complete. */
    void received();

    /** The body cannot be read. */
    void unreadableBody(Exchange exchange, boolean answered);

    /**
     * Writes the response.
     *
     * @param close whether to close the connection afterwards, because the client has not sent its whole body or has
     *     requested it
     */
    void answer(Exchange exchange, HostResponse response, boolean close);

    /** Ends the exchange without a response. */
    void close();
}
