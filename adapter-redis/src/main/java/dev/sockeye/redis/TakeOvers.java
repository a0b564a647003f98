package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Takes over sockets from servers whose clients have connected to this one. The other server is asked to release its
 * socket until it has none with that id, so that two clients never have the same id. A server that does not answer is
 * considered dead or disconnected; it releases the socket as soon as it can read again.
 *
 * <p>The holder finds in the stored session whether it still has the socket. The client may have returned to it before
 * the message arrives.
 */
final class TakeOvers {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final int MOST_QUESTIONS = 100;

    private final RedisLink link;
    private final BiConsumer<String, ClusterMessage> ask;
    private final Map<String, CompletableFuture<Boolean>> asked = new ConcurrentHashMap<>();

    /**
     * @param ask sends a message to one server
     */
    TakeOvers(RedisLink link, BiConsumer<String, ClusterMessage> ask) {
        this.link = link;
        this.ask = ask;
    }

    /** Completes with true if the holder has released the socket or does not answer; with false if it still has it. */
    CompletableFuture<Boolean> takeOver(String uid, String namespace, String holder, String sid) {
        BroadcastOptions to = new BroadcastOptions(Set.of(sid), Set.of(), BroadcastFlags.NONE);
        ask.accept(holder, new ClusterMessage.DisconnectSockets(uid, namespace, to, true));
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        question(uid, namespace, holder, to, MOST_QUESTIONS, gone);
        return gone;
    }

    private void question(
            String uid,
            String namespace,
            String holder,
            BroadcastOptions to,
            int left,
            CompletableFuture<Boolean> gone) {
        String id = UUID.randomUUID().toString();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        asked.put(id, answer);
        var unused = answer.thenAccept(let -> {
            asked.remove(id);
            if (let || left == 0) {
                gone.complete(let);
            } else {
                link.later(PAUSE, () -> question(uid, namespace, holder, to, left - 1, gone));
            }
        });
        link.later(ANSWER, () -> answer.complete(true));
        ask.accept(holder, new ClusterMessage.FetchSockets(uid, namespace, to, id));
    }

    /** Whether a message is the answer to a request of this object. */
    boolean isAnswer(ClusterMessage message) {
        if (message instanceof ClusterMessage.FetchSocketsResponse found) {
            CompletableFuture<Boolean> answer = asked.get(found.requestId());
            if (answer != null) {
                answer.complete(found.sockets().isEmpty());
                return true;
            }
        }
        return false;
    }
}
