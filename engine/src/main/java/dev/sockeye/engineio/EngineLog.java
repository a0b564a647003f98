package dev.sockeye.engineio;

import dev.sockeye.log.LogEvent;

/** The log events of the engine. See {@link LogEvent} for the rules. */
enum EngineLog implements LogEvent {
    /**
     * A listener of the engine (headers, connection errors, sessions) threw an exception.
     *
     * <p>Fix the listener.
     */
    LISTENER_FAILED(1201),

    /**
     * Many requests belong to sessions that this server does not have. A load balancer probably sends the requests of one client to several servers. Logged once.
     *
     * <p>Enable session affinity or {@code sessionForwarding}, or let clients use WebSocket only.
     */
    NO_SESSION_AFFINITY(1202),

    /**
     * A forwarded request was refused, because the clocks of the two servers differ too much. Logged once.
     *
     * <p>Synchronise the clocks of the servers (NTP).
     */
    FORWARD_CLOCK_DIFFERS(1203),

    /**
     * A request has the header of a forwarded request without a valid signature. It was treated as a request of a client. Logged once.
     *
     * <p>Give all servers the same {@code sessionForwarding.secret}. If the address is not one of your servers, someone may be forging requests.
     */
    FORWARD_NOT_SIGNED(1204),

    /**
     * A session id was not created with the secret of this server. Logged once.
     *
     * <p>Give all servers the same {@code sessionForwarding.secret}.
     */
    SESSION_ID_OF_OTHER_SECRET(1205);

    private final int number;

    EngineLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
