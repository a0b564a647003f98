package dev.sockeye.socketio.client;

/** The two servers that every test of behaviour runs against; each of the same parts: main, msgpack, small, deflate, quick, engine. */
enum TestServers {
    /** The official server. */
    NODE {
        @Override
        int port(String part) {
            return NodeServers.port(part);
        }
    },
    /** Sockeye on Netty. */
    SOCKEYE {
        @Override
        int port(String part) {
            return SockeyeServers.port(part);
        }
    };

    abstract int port(String part);

    String url(String part) {
        return "http://127.0.0.1:" + port(part);
    }

    String main() {
        return url("main");
    }
}
