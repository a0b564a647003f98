package dev.sockeye.rewrite;

/** The names of netty-socketio's and Sockeye's types that the recipe handles. */
final class Names {
    static final String OLD = "com.corundumstudio.socketio.";
    static final String SERVER = OLD + "SocketIOServer";
    static final String CLIENT = OLD + "SocketIOClient";
    static final String NAMESPACE = OLD + "SocketIONamespace";
    static final String BROADCAST = OLD + "BroadcastOperations";
    static final String HANDSHAKE = OLD + "HandshakeData";
    static final String CONFIGURATION = OLD + "Configuration";
    static final String ACK_REQUEST = OLD + "AckRequest";
    static final String ACK_CALLBACK = OLD + "AckCallback";
    static final String MULTI_TYPE_ARGS = OLD + "MultiTypeArgs";
    static final String ANNOTATIONS = OLD + "annotation.";
    static final String SOCKEYE_SERVER = "dev.sockeye.socketio.server.";
    static final String OPTIONS = SOCKEYE_SERVER + "SocketIoServerOptions";
    static final String CONTROLLER = "dev.sockeye.spring.SocketIoController";

    private Names() {}
}
