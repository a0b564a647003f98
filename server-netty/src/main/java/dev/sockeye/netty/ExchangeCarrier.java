package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import io.netty.channel.Channel;

/** What carries an {@link Exchange}: a connection of HTTP/1.1 or a stream of HTTP/2. All methods are called on the loop. */
interface ExchangeCarrier {

    NettyLoop loop();

    HostedEngine engine();

    /** The TCP connection below. */
    Channel tcp();

    /** Asks the client for the body that it has announced with {@code Expect: 100-continue}. */
    void continueBody();

    /** Goes on with the parts of the body that have been received: they have a reader now. */
    void resume();

    /** Whether more of what has been received is still to be handled. */
    boolean reading();

    /** The whole body is there. */
    void received();

    /** The body cannot be read. */
    void unreadableBody(Exchange exchange, boolean answered);

    /**
     * Writes the answer.
     *
     * @param close whether nothing may follow it: the client has not sent its whole body, or wants the connection to end
     */
    void answer(Exchange exchange, HostResponse response, boolean close);

    /** Ends the exchange without an answer. */
    void close();
}
