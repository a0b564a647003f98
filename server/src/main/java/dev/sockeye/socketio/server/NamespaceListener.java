package dev.sockeye.socketio.server;

/** Is told of each new namespace. Official counterpart: a {@code new_namespace} listener. */
@FunctionalInterface
public interface NamespaceListener {

    /**
     * A namespace was created. Runs on the thread that creates it; must not block.
     *
     * @throws Exception is logged
     */
    void onNamespace(Namespace namespace) throws Exception;
}
