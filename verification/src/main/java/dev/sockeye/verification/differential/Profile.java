package dev.sockeye.verification.differential;

import java.util.Locale;

/** The configurations of both servers. The settings are in {@code server.mjs} and in {@link SockeyeSide}. */
enum Profile {
    /** Protocols 3 and 4, polling and WebSocket. */
    MAIN,
    /** Protocol 4 only, with a cookie and a list of origins. */
    STRICT,
    /** Polling only, any origin. */
    OPEN,
    /** With connection state recovery. */
    RECOVERY,
    /** With the msgpack parser. */
    MSGPACK,
    /** With the application of {@link FeatureApplication}, compression, headers, a middleware and {@code allowRequest}. */
    FEATURES,
    /** Another path, no bundle, no upgrades, a cookie with attributes, patterns of origins. */
    PATHS,
    /** With refusals of all forms, namespaces by function, middlewares of parents, and reflected origins. */
    HOOKS,
    /** With recovery, middlewares for recovered sockets, and the application of {@link FeatureApplication}. */
    RESUME,
    /** One allowed origin, no allowed headers. */
    FIXED,
    /** Origins by predicate, other methods. */
    CHOSEN,
    /** With short time-outs. */
    TIMERS;

    /** Whether the application lets one session act on others, or a session continue another one. */
    boolean sessionsDependOnEachOther() {
        return this == FEATURES || recovers();
    }

    /** Whether connection state recovery is enabled. */
    boolean recovers() {
        return this == RECOVERY || this == RESUME;
    }

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}
