package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.NodeForward;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An HTTP request that records its response. */
final class RecordingExchange implements HttpExchange {
    private final HostRequest request;
    private final EngineLoop loop;
    private final byte[] body;
    /** Whether the body arrives only with {@link #deliverBody}. */
    private final boolean slow;

    private @Nullable BodyListener reader;
    private int limit;
    private @Nullable Runnable lost;

    @Nullable
    HostResponse response;

    boolean aborted;

    @Nullable
    NodeForward forward;

    RecordingExchange(HostRequest request, EngineLoop loop, byte[] body, boolean slow) {
        this.request = request;
        this.loop = loop;
        this.body = body;
        this.slow = slow;
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
    public void readBody(int most, BodyListener listener) {
        reader = listener;
        limit = most;
        if (!slow) {
            deliverBody();
        }
    }

    void deliverBody() {
        BodyListener listener = reader;
        if (listener == null) {
            throw new IllegalStateException("nobody reads the body");
        }
        reader = null;
        loop.execute(() -> {
            if (body.length > limit) {
                listener.onTooLarge();
            } else {
                listener.onBody(body.clone());
            }
        });
    }

    void breakBody() {
        BodyListener listener = reader;
        if (listener == null) {
            throw new IllegalStateException("nobody reads the body");
        }
        loop.execute(listener::onAborted);
    }

    @Override
    public void respond(HostResponse answer) {
        if (response != null) {
            throw new IllegalStateException("answered twice: " + answer);
        }
        if (!aborted) {
            response = answer;
        }
    }

    @Override
    public void abort() {
        aborted = response == null;
    }

    @Override
    public void onConnectionLost(Runnable action) {
        lost = action;
    }

    @Override
    public boolean forward(NodeForward given) {
        forward = given;
        return true;
    }

    /** The peer goes away. */
    void lose() {
        Runnable action = lost;
        if (response == null && action != null) {
            loop.execute(action);
        }
    }

    boolean answered() {
        return response != null;
    }

    int status() {
        return answer().status();
    }

    String text() {
        return new String(answer().body(), UTF_8);
    }

    byte[] bytes() {
        return answer().body();
    }

    @Nullable
    String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : String.join(",", values);
    }

    List<String> headers(String name) {
        return answer().headers().stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(HostResponse.Header::value)
                .toList();
    }

    private HostResponse answer() {
        HostResponse answer = response;
        if (answer == null) {
            throw new AssertionError("no answer yet");
        }
        return answer;
    }
}
