package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Takes over sockets from servers whose clients have reconnected to this one. All servers are asked to release the socket. The
 * previous holder is asked until it has no socket with that id, so that two clients never have the same id. A server that does
 * not answer is considered dead or disconnected; it releases the socket as soon as it can read again.
 *
 * <p>The holder finds in the stored session whether it still has the socket. The client may have returned to it before
 * the message arrives.
 */
final class TakeOvers {
    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final int MOST_QUESTIONS = 100;

    private record Question(String holder, CompletableFuture<Boolean> answer) {}

    private final Link link;
    private final Consumer<ClusterMessage> tell;
    private final Map<String, Question> asked = new ConcurrentHashMap<>();

    /**
     * @param tell sends a message to all other servers
     */
    TakeOvers(Link link, Consumer<ClusterMessage> tell) {
        this.link = link;
        this.tell = tell;
    }

    /** Completes with true if the holder has released the socket or does not answer; with false if it still has it. */
    CompletableFuture<Boolean> takeOver(String uid, String namespace, String holder, String sid) {
        BroadcastOptions to = new BroadcastOptions(Set.of(sid), Set.of(), BroadcastFlags.NONE);
        tell.accept(new ClusterMessage.DisconnectSockets(uid, namespace, to, true));
        CompletableFuture<Boolean> gone = new CompletableFuture<>();
        ask(uid, namespace, holder, to, MOST_QUESTIONS, gone);
        return gone;
    }

    private void ask(
            String uid,
            String namespace,
            String holder,
            BroadcastOptions to,
            int left,
            CompletableFuture<Boolean> gone) {
        String id = UUID.randomUUID().toString();
        CompletableFuture<Boolean> answer = new CompletableFuture<>();
        asked.put(id, new Question(holder, answer));
        var unused = answer.thenAccept(let -> {
            asked.remove(id);
            if (let || left == 0) {
                gone.complete(let);
            } else {
                link.tick(PAUSE, () -> ask(uid, namespace, holder, to, left - 1, gone));
            }
        });
        link.tick(ANSWER, () -> answer.complete(true));
        tell.accept(new ClusterMessage.FetchSockets(uid, namespace, to, id));
    }

    /** Whether a message is a response to a request of this instance. */
    boolean isAnswer(ClusterMessage message) {
        if (!(message instanceof ClusterMessage.FetchSocketsResponse found)) {
            return false;
        }
        Question question = asked.get(found.requestId());
        if (question == null) {
            return false;
        }
        if (question.holder.equals(found.uid())) {
            question.answer.complete(found.sockets().isEmpty());
        }
        return true;
    }
}
