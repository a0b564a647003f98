package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Records what is published, and delivers what the test gives it. */
final class ScriptedTransport implements ClusterTransport {
    final List<ClusterMessage> published = new ArrayList<>();
    CompletableFuture<Void> started = CompletableFuture.completedFuture(null);
    boolean throwing;
    boolean closed;

    /** Counts the servers; {@code null} if this broker does not count them. */
    @Nullable
    Supplier<CompletableFuture<Integer>> count;

    private @Nullable Receiver receiver;

    void receive(ClusterMessage message) {
        assertThat(receiver).isNotNull();
        receiver.onMessage(message, null);
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        return started;
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean supportsServerCount() {
        return count != null;
    }

    @Override
    public CompletableFuture<Integer> serverCount() {
        return Objects.requireNonNull(count).get();
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        if (throwing) {
            published.add(message);
            throw new IllegalStateException("expected in this test");
        }
        published.add(message);
        local.accept(null);
    }

    @Override
    public void respond(String requesterUid, ClusterMessage.Response response) {}
}
