package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An adapter that is closed while it starts, or started while it closes. */
class TransportLifeTest {
    private final List<String> calls = new ArrayList<>();
    private final Transport transport = new Transport();
    private final ClusterAdapter adapter =
            new ClusterAdapter(new FakeNamespace(), transport, ClusterOptions.defaults());

    @Test
    void aTransportIsClosedAfterItsStart() {
        List<CompletableFuture<Void>> closes = new ArrayList<>();
        transport.whileStarting = () -> {
            closes.add(adapter.close());
            closes.add(adapter.close());
        };
        adapter.init();

        assertThat(calls).containsExactly("start", "started", "close");
        assertThat(closes).hasSize(2).allSatisfy(close -> assertThat(close).isNotDone());
        transport.closing.complete(null);
        assertThat(closes).allSatisfy(close -> assertThat(close).isCompleted());
    }

    @Test
    void aTransportIsNotClosedIfItIsStartedAgainMeanwhile() {
        List<CompletableFuture<Void>> closes = new ArrayList<>();
        transport.whileStarting = () -> {
            closes.add(adapter.close());
            adapter.init();
        };
        adapter.init();

        assertThat(calls).containsExactly("start", "started");
        assertThat(closes).allSatisfy(close -> assertThat(close).isCompleted());
        adapter.close();
        assertThat(calls).containsExactly("start", "started", "close");
    }

    @Test
    void aTransportStartsAgainWhenItsCloseHasCompleted() {
        adapter.init();
        CompletableFuture<Void> close = adapter.close();
        CompletableFuture<Void> again = adapter.init();

        assertThat(calls).containsExactly("start", "started", "close");
        assertThat(again).isNotDone();
        transport.closing.complete(null);
        assertThat(calls).containsExactly("start", "started", "close", "start", "started");
        assertThat(close).isCompleted();
        assertThat(again).isCompleted();
    }

    @Test
    void aTransportThatIsClosedBeforeItsPreviousCloseHasCompletedIsNotStarted() {
        adapter.init();
        adapter.close();
        CompletableFuture<Void> again = adapter.init();
        CompletableFuture<Void> last = adapter.close();
        assertThat(last).isNotDone();
        transport.closing.complete(null);

        assertThat(calls).containsExactly("start", "started", "close");
        assertThat(again).isCompleted();
        assertThat(last).isCompleted();
    }

    @Test
    void aTransportThatFailsToStartIsNotClosed() {
        List<CompletableFuture<Void>> closes = new ArrayList<>();
        transport.whileStarting = () -> {
            closes.add(adapter.close());
            throw new IllegalStateException("expected in this test");
        };
        assertThatIllegalStateException().isThrownBy(adapter::init);

        assertThat(calls).containsExactly("start");
        assertThat(closes).hasSize(1).allSatisfy(close -> assertThat(close).isCompleted());
        transport.whileStarting = () -> {};
        assertThat(adapter.init()).isCompleted();
    }

    private final class Transport implements ClusterTransport {
        final CompletableFuture<Void> closing = new CompletableFuture<>();
        Runnable whileStarting = () -> {};

        @Override
        public CompletableFuture<Void> start(Receiver receiver) {
            calls.add("start");
            whileStarting.run();
            calls.add("started");
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            calls.add("close");
            return closing;
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            local.accept(null);
        }

        @Override
        public void respond(String requesterUid, ClusterMessage.Response response) {}
    }
}
