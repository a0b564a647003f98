package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.ClientLoop;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Events of a socket that wait for the server's answer. Used on the loop only. */
final class PendingAcks {
    private record Waiting(Emission.Answer answer, ClientLoop.@Nullable Timer timer) {}

    private final ClientLoop loop;
    private final Map<Long, Waiting> waiting = new HashMap<>();

    PendingAcks(ClientLoop loop) {
        this.loop = loop;
    }

    int size() {
        return waiting.size();
    }

    /**
     * Waits for an answer.
     *
     * @param millis how long; negative: as long as the connection lives
     * @param onExpiry called before the answer is told that the time is over
     */
    void add(long id, Emission.Answer answer, long millis, Runnable onExpiry) {
        Runnable expiry = () -> {
            if (waiting.containsKey(id)) {
                onExpiry.run();
                finish(id, new AckTimeoutException(), Arguments.none());
            }
        };
        ClientLoop.Timer timer = millis <= 0 ? null : loop.schedule(expiry, millis, TimeUnit.MILLISECONDS);
        if (millis == 0) {
            loop.execute(expiry); // before an answer can be read
        }
        waiting.put(id, new Waiting(answer, timer));
    }

    /** Tells the answer; {@code false} when nobody waits. */
    boolean finish(long id, @Nullable SocketIoException error, Arguments args) {
        Waiting known = waiting.remove(id);
        if (known == null) {
            return false;
        }
        if (known.timer() != null) {
            known.timer().cancel();
        }
        known.answer().done(error, args);
        return true;
    }

    /** Fails all but those of the given events. */
    void failAll(SocketIoException reason, Collection<Emission> kept) {
        if (waiting.isEmpty()) {
            return;
        }
        Map<Long, Boolean> keep = new HashMap<>();
        for (Emission emission : kept) {
            keep.put(emission.id(), true);
        }
        for (Long id : new ArrayList<>(waiting.keySet())) {
            if (!keep.containsKey(id)) {
                finish(id, reason, Arguments.none());
            }
        }
    }
}
