package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.HostedEngine;
import java.util.function.UnaryOperator;

/** A server without a network: handlers on the loop, the clock in the test's hand. */
public final class TestServer {
    public final FakeLoop loop = new FakeLoop();
    public final SocketIoServer io;
    public final HostedEngine host;

    public TestServer() {
        this(options -> options);
    }

    public TestServer(UnaryOperator<SocketIoServerOptions.Builder> change) {
        io = SocketIoServer.create(change.apply(SocketIoServerOptions.builder()
                        .execution(HandlerExecution.eventLoop())
                        .timer(loop))
                .build());
        host = io.hostedEngine();
    }

    /** A client on a WebSocket, in no namespace yet. */
    public FakeClient open(String... headers) {
        return open("/socket.io/?EIO=4&transport=websocket", headers);
    }

    public FakeClient open(String uri, String[] headers) {
        FakeClient client = new FakeClient(loop, FakeRequest.of("GET", uri, headers));
        host.handleUpgrade(client);
        loop.run();
        return client;
    }

    /** A client in the main namespace. */
    public FakeClient connect() {
        FakeClient client = open();
        client.join("/");
        return client;
    }

    public FakeExchange get(String uri, String... headers) {
        return exchange("GET", uri, "", headers);
    }

    public FakeExchange post(String uri, String body) {
        return exchange("POST", uri, body, "content-type", "text/plain;charset=UTF-8");
    }

    public FakeExchange exchange(String method, String uri, String body, String... headers) {
        FakeExchange exchange = new FakeExchange(loop, FakeRequest.of(method, uri, headers), body);
        host.handle(exchange);
        loop.run();
        return exchange;
    }

    /** Opens a session over polling; the answer is its URL with the sid. */
    public String poll() {
        FakeExchange handshake = get("/socket.io/?EIO=4&transport=polling");
        return "/socket.io/?EIO=4&transport=polling&sid=" + FakeClient.sid(handshake.body());
    }
}
