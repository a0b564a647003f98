package dev.sockeye.socketio.server;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP request with a place for its answer. */
public final class FakeExchange implements HttpExchange {
    private final FakeLoop loop;
    private final HostRequest request;
    private final byte[] body;
    private @Nullable HostResponse response;
    private boolean aborted;

    public FakeExchange(FakeLoop loop, HostRequest request, String body) {
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

    public boolean answered() {
        return response != null;
    }

    public boolean aborted() {
        return aborted;
    }

    public int status() {
        return response == null ? -1 : response.status();
    }

    public String body() {
        return response == null ? "" : new String(response.body(), StandardCharsets.UTF_8);
    }

    public byte[] bytes() {
        return response == null ? new byte[0] : response.body();
    }

    public List<String> headerNames() {
        return response == null
                ? List.of()
                : response.headers().stream().map(HostResponse.Header::name).toList();
    }

    @Nullable
    public String header(String name) {
        return response == null
                ? null
                : response.headers().stream()
                        .filter(header -> header.name().equalsIgnoreCase(name))
                        .map(HostResponse.Header::value)
                        .findFirst()
                        .orElse(null);
    }
}
