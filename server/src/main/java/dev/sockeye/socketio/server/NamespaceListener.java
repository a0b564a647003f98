package dev.sockeye.socketio.server;

/** Observes the creation of namespaces. Official counterpart: a {@code new_namespace} listener. */
@FunctionalInterface
public interface NamespaceListener {

    /**
     * Called when a namespace has been created, on the thread that creates it. Must not block.
     *
     * @throws Exception is logged
     */
    void onNamespace(Namespace namespace) throws Exception;
}
