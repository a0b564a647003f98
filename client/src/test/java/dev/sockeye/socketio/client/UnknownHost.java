package dev.sockeye.socketio.client;

/** A host name that no resolver knows. It is longer than names may be, so that no server of the network is asked. */
final class UnknownHost {
    static final String NAME = ("a".repeat(60) + ".").repeat(5) + "invalid";

    private UnknownHost() {}
}
