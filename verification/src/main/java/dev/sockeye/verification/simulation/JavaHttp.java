package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.socketio.client.transport.HttpConnection;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The HTTP requests of a Sockeye client, each on its own connection. */
final class JavaHttp implements HttpConnection, JavaTransport.Use {
    private final class Pending implements Connection.End {
        private final Connection connection;
        private final Callback callback;
        private EngineLoop.@Nullable Timer limit;

        Pending(Connection connection, Callback callback) {
            this.connection = connection;
            this.callback = callback;
        }

        @Override
        public void onLost() {
            transport.loop.arrive(() -> fail(this, new IOException("connection lost")));
        }
    }

    private final JavaTransport transport;
    private final @Nullable Node node;
    private final long timeoutMillis;
    private @Nullable Pending current;
    private boolean closed;

    JavaHttp(JavaTransport transport, @Nullable Node node, long timeoutMillis) {
        this.transport = transport;
        this.node = node;
        this.timeoutMillis = timeoutMillis;
    }

    @Override
    public void request(Request request, Callback callback) {
        if (closed || current != null) {
            throw new IllegalStateException(closed ? "closed" : "a request is in progress");
        }
        if (node == null) {
            transport.loop.execute(() -> callback.failed(JavaTransport.noServer()));
            return;
        }
        byte[] body = request.body();
        Connection connection = transport.connect(this, " " + request.method());
        Pending made = new Pending(connection, callback);
        current = made;
        connection.client(made);
        connection.down.receiver(response -> transport.loop.arrive(() -> answered(made, (HostResponse) response)));
        if (timeoutMillis > 0) {
            made.limit = transport.loop.schedule(
                    () -> fail(made, new IOException("no answer in time")), Duration.ofMillis(timeoutMillis));
        }
        transport.world.network.sends(body == null ? 0 : body.length);
        node.http(
                connection,
                node.loop(),
                new SimulatedRequest(request.method(), request.uri(), transport.address),
                body == null ? "" : new String(body, StandardCharsets.UTF_8));
    }

    private boolean end(Pending pending) {
        if (current != pending) {
            return false;
        }
        current = null;
        EngineLoop.Timer limit = pending.limit;
        if (limit != null) {
            limit.cancel();
        }
        pending.connection.closeBy(pending);
        transport.closed(this);
        return true;
    }

    private void answered(Pending pending, HostResponse response) {
        if (!end(pending)) {
            return;
        }
        String type = null;
        List<String> cookies = new ArrayList<>();
        for (HostResponse.Header header : response.headers()) {
            if (header.name().equalsIgnoreCase("Content-Type")) {
                type = header.value();
            } else if (header.name().equalsIgnoreCase("Set-Cookie")) {
                cookies.add(header.value());
            }
        }
        pending.callback.answered(new Response(response.status(), type, cookies, response.body()));
    }

    private void fail(Pending pending, Exception cause) {
        if (end(pending)) {
            pending.callback.failed(cause);
        }
    }

    @Override
    public void close() {
        closed = true;
        cut();
    }

    @Override
    public void cut() {
        Pending pending = current;
        if (pending != null) {
            end(pending);
        }
    }
}
