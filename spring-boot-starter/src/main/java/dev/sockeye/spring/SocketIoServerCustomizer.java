package dev.sockeye.spring;

import dev.sockeye.socketio.server.SocketIoServerOptions;

/** A bean that changes the options of the server after the properties were applied. Called once at startup, in bean order. */
@FunctionalInterface
public interface SocketIoServerCustomizer {

    /** Changes options such as the adapter, {@code allowRequest} or session ids. */
    void customize(SocketIoServerOptions.Builder options);
}
