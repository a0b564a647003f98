package dev.sockeye.socketio.client;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.transport.ClientLoop;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The events of a socket that wait for the server's answer. Used on the loop only. */
final class PendingAcks {
    private record Waiting(Emission.Answer answer, ClientLoop.@Nullable Timer timer) {}

    private final ClientLoop loop;
    private final Runnable afterExpiry;
    /** In the order of the events. */
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();

    /** @param afterExpiry called last, after the timeout of an answer */
    PendingAcks(ClientLoop loop, Runnable afterExpiry) {
        this.loop = loop;
        this.afterExpiry = afterExpiry;
    }

    int size() {
        return waiting.size();
    }

    /**
     * Waits for an answer.
     *
     * @param millis how long; negative: as long as the connection lives
     * @param onExpiry called before the answer fails with a timeout
     */
    void add(long id, Emission.Answer answer, long millis, Runnable onExpiry) {
        Runnable expiry = () -> {
            if (waiting.containsKey(id)) {
                onExpiry.run();
                fail(id, new AckTimeoutException());
                afterExpiry.run();
            }
        };
        ClientLoop.Timer timer = millis <= 0 ? null : loop.schedule(expiry, millis, TimeUnit.MILLISECONDS);
        if (millis == 0) {
            loop.execute(expiry); // before an answer can be read
        }
        waiting.put(id, new Waiting(answer, timer));
    }

    /** The server answered, with a packet of this size; ignored if the event does not wait. */
    void answered(long id, Arguments args, int size) {
        Waiting known = take(id);
        if (known != null) {
            known.answer().answered(args, size);
        }
    }

    /** There is no answer; {@code false} if the event does not wait. */
    boolean fail(long id, SocketIoException error) {
        Waiting known = take(id);
        if (known == null) {
            return false;
        }
        known.answer().done(error, Arguments.none());
        return true;
    }

    /** Removes an event; {@code false} if it does not wait. */
    boolean forget(long id) {
        return take(id) != null;
    }

    private @Nullable Waiting take(long id) {
        Waiting known = waiting.remove(id);
        if (known != null && known.timer() != null) {
            known.timer().cancel();
        }
        return known;
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
                fail(id, reason);
            }
        }
    }
}
