package dev.sockeye.socketio.server;

import java.util.Set;

/** Creates what the application sees of a core. Cores pass these objects to handlers and listeners, and never call them. */
interface Facades {

    Namespace namespace(NamespaceCore core);

    ParentNamespace parent(NamespaceCore core, Set<NamespaceCore> children);

    Socket socket(SocketCore core);
}
