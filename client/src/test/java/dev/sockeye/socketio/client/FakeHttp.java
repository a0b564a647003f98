package dev.sockeye.socketio.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.client.transport.HttpConnection;
import java.io.IOException;
import java.util.List;

/** A connection for requests; the test is the server. */
final class FakeHttp implements HttpConnection {
    private final Bench bench;
    private Callback callback;
    private boolean closed;

    FakeHttp(Bench bench) {
        this.bench = bench;
    }

    /** A request that waits for its answer. */
    record Pending(Request request, FakeHttp connection) {
        String body() {
            return new String(request.body(), UTF_8);
        }

        void answer(String text) {
            answer(200, text);
        }

        /** @param cookie the value of {@code Set-Cookie} */
        void answer(String text, String cookie) {
            connection.answer(new Response(200, "text/plain", List.of(cookie), text.getBytes(UTF_8)));
        }

        void answer(int status, String text) {
            connection.answer(new Response(status, "text/plain", List.of(), text.getBytes(UTF_8)));
        }

        void fail(Throwable cause) {
            connection.bench.loop.execute(() -> connection.take().failed(cause));
        }
    }

    @Override
    public void request(Request request, Callback told) {
        if (closed || callback != null) {
            throw new IllegalStateException("closed or in use");
        }
        if (bench.refusesPosts && request.method().equals("POST")) {
            told.failed(new IOException("refused"));
            return;
        }
        callback = told;
        bench.requests.add(new Pending(request, this));
    }

    private Callback take() {
        Callback told = callback;
        callback = null;
        return told;
    }

    private void answer(Response response) {
        bench.loop.execute(() -> {
            if (!closed) {
                take().answered(response);
            }
        });
    }

    @Override
    public void close() {
        closed = true;
        bench.requests.removeIf(pending -> pending.connection() == this);
    }
}
