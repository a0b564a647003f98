module chat {
    requires dev.sockeye.server.netty;
    // where there are clients
    requires dev.sockeye.client;

    // the package of the payloads
    opens chat to
            tools.jackson.databind;
}
