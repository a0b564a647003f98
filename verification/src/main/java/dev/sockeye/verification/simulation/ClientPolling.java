package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.HostResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client side of HTTP long-polling: one GET and one POST at a time, on two connections. */
final class ClientPolling {

    /** An open request. */
    private final class Request implements Connection.End {
        private final Connection connection;
        private final boolean poll;
        private boolean over;

        Request(boolean poll, String method, SimulatedLoop loop, String body) {
            this.poll = poll;
            session.network().sends(body.length());
            connection = session.network().connect(session.name + (poll ? " get" : " post"));
            connection.client(this);
            connection.down.receiver(response -> answered((HostResponse) response));
            String uri =
                    "/socket.io/?EIO=4&transport=polling" + (session.sid().isEmpty() ? "" : "&sid=" + session.sid());
            session.node.http(connection, loop, new SimulatedRequest(method, uri, session.address), body);
        }

        private void answered(HostResponse response) {
            if (over) {
                return;
            }
            over = true;
            connection.closeBy(this);
            if (poll) {
                get = null;
            } else {
                post = null;
            }
            if (closed) {
                return;
            }
            if (response.status() != 200) {
                session.onPollingLost((poll ? "GET" : "POST") + " answered with " + response.status());
            } else if (poll) {
                received(new String(response.body(), StandardCharsets.UTF_8));
            } else {
                checkRest();
                session.flush();
            }
        }

        @Override
        public void onLost() {
            if (!over) {
                over = true;
                if (!closed) {
                    session.onPollingLost((poll ? "GET" : "POST") + " lost");
                }
            }
        }
    }

    private final ClientSession session;
    private final SimulatedLoop getLoop;
    private final SimulatedLoop postLoop;
    private @Nullable Request get;
    private @Nullable Request post;
    private @Nullable Runnable rested;
    private boolean resting;
    private boolean closed;

    ClientPolling(ClientSession session) {
        this.session = session;
        this.getLoop = session.node.loop();
        this.postLoop = session.node.loop();
    }

    @Nullable
    Connection connection() {
        return get != null ? get.connection : post == null ? null : post.connection;
    }

    void get() {
        if (get == null && !closed && !resting) {
            get = new Request(true, "GET", getLoop, "");
        }
    }

    private void received(String body) {
        if (!body.isEmpty()) {
            for (String packet : body.split("\u001e", -1)) {
                session.onPacket(packet);
            }
        }
        checkRest();
        get();
    }

    /** Sends packets unless another POST is in progress. */
    boolean post(List<Object> packets) {
        if (post != null || resting || closed) {
            return false;
        }
        List<String> texts = new ArrayList<>();
        for (Object packet : packets) {
            texts.add(packet instanceof byte[] data ? "b" + Base64.getEncoder().encodeToString(data) : (String) packet);
        }
        post = new Request(false, "POST", postLoop, String.join("\u001e", texts));
        return true;
    }

    /** Sends no more requests; calls back when none is in progress. */
    void rest(Runnable then) {
        resting = true;
        rested = then;
        checkRest();
    }

    private void checkRest() {
        Runnable then = rested;
        if (then != null && get == null && post == null) {
            rested = null;
            then.run();
        }
    }

    /** Continues after a failed upgrade. */
    void resume() {
        resting = false;
        rested = null;
        get();
    }

    void close(boolean orderly) {
        closed = true;
        Request waiting = get;
        Request sending = post;
        if (!orderly) {
            if (waiting != null) {
                waiting.over = true;
                waiting.connection.closeBy(waiting);
            }
            if (sending != null) {
                sending.over = true;
                sending.connection.closeBy(sending);
            }
        }
    }
}
