package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.HostedEngine;
import java.util.function.UnaryOperator;

/** A server without a network: handlers on the loop, the clock in the test's hand. */
final class TestServer {
    final FakeLoop loop = new FakeLoop();
    final SocketIoServer io;
    final HostedEngine host;

    TestServer() {
        this(options -> options);
    }

    TestServer(UnaryOperator<SocketIoServerOptions.Builder> change) {
        io = SocketIoServer.create(change.apply(SocketIoServerOptions.builder()
                        .execution(HandlerExecution.eventLoop())
                        .timer(loop))
                .build());
        host = io.hostedEngine();
    }

    /** A client on a WebSocket, in no namespace yet. */
    FakeClient open(String... headers) {
        return open("/socket.io/?EIO=4&transport=websocket", headers);
    }

    FakeClient open(String uri, String[] headers) {
        FakeClient client = new FakeClient(loop, FakeRequest.of("GET", uri, headers));
        host.handleUpgrade(client);
        loop.run();
        return client;
    }

    /** A client in the main namespace. */
    FakeClient connect() {
        FakeClient client = open();
        client.join("/");
        return client;
    }

    FakeExchange get(String uri, String... headers) {
        return exchange("GET", uri, "", headers);
    }

    FakeExchange post(String uri, String body) {
        return exchange("POST", uri, body, "content-type", "text/plain;charset=UTF-8");
    }

    FakeExchange exchange(String method, String uri, String body, String... headers) {
        FakeExchange exchange = new FakeExchange(loop, FakeRequest.of(method, uri, headers), body);
        host.handle(exchange);
        loop.run();
        return exchange;
    }

    /** Opens a session over polling; the answer is its URL with the sid. */
    String poll() {
        FakeExchange handshake = get("/socket.io/?EIO=4&transport=polling");
        return "/socket.io/?EIO=4&transport=polling&sid=" + FakeClient.sid(handshake.body());
    }
}
