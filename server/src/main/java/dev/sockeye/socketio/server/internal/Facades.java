package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.Socket;
import java.util.Collection;

/** Creates what the application sees of a core. Cores pass these objects to handlers and listeners, and never call them. */
interface Facades {

    Namespace namespace(NamespaceCore core);

    ParentNamespace parent(NamespaceCore core, Collection<NamespaceCore> children);

    Socket socket(SocketCore core);
}
