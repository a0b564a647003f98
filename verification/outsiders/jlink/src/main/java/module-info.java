/** A server and a client on the module path. */
module outsider {
    requires dev.sockeye.server.netty;
    requires dev.sockeye.client;
}
