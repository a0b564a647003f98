package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP request with a place for its answer. */
final class FakeExchange implements HttpExchange {
    private final FakeLoop loop;
    private final HostRequest request;
    private final byte[] body;
    private @Nullable HostResponse response;
    private boolean aborted;

    FakeExchange(FakeLoop loop, HostRequest request, String body) {
        this.loop = loop;
        this.request = request;
        this.body = body.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    public void readBody(int limit, BodyListener listener) {
        if (body.length > limit) {
            listener.onTooLarge();
        } else {
            listener.onBody(body);
        }
    }

    @Override
    public void respond(HostResponse answer) {
        if (response == null) {
            response = answer;
        }
    }

    @Override
    public void abort() {
        aborted = true;
    }

    @Override
    public void onConnectionLost(Runnable action) {}

    boolean answered() {
        return response != null;
    }

    boolean aborted() {
        return aborted;
    }

    int status() {
        return response == null ? -1 : response.status();
    }

    String body() {
        return response == null ? "" : new String(response.body(), StandardCharsets.UTF_8);
    }

    byte[] bytes() {
        return response == null ? new byte[0] : response.body();
    }

    List<String> headerNames() {
        return response == null
                ? List.of()
                : response.headers().stream().map(HostResponse.Header::name).toList();
    }

    @Nullable
    String header(String name) {
        return response == null
                ? null
                : response.headers().stream()
                        .filter(header -> header.name().equalsIgnoreCase(name))
                        .map(HostResponse.Header::value)
                        .findFirst()
                        .orElse(null);
    }
}
