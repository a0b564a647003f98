package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.server.FakeClient;
import dev.sockeye.socketio.server.TestServer;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Connection state recovery while the broker does not accept events. */
class UnavailableBrokerTest {
    private final Log log = new Log();
    private final TestServer server = new TestServer(options -> options.connectionStateRecovery(true)
            .adapter(namespace -> new ClusterAdapter(namespace, log, ClusterOptions.defaults())));

    /** Clients take a text at the end of an event for the offset. */
    @Test
    void anEventThatIsNotStoredHasTheOffsetOfTheLastOneThatWas() {
        FakeClient client = server.connect();
        log.next = "8";
        server.io.emit("news", "stored");
        assertThat(client.messages()).containsExactly("42[\"news\",\"stored\",\"8\"]");
        log.next = null;
        server.io.emit("news", "not stored");
        assertThat(client.messages()).containsExactly("42[\"news\",\"not stored\",\"8\"]");
        server.io.asVolatile().emit("news", "volatile");
        assertThat(client.messages()).containsExactly("42[\"news\",\"volatile\"]");
    }

    @Test
    void beforeTheFirstStoredEventItIsTheStartOfTheServer() {
        FakeClient client = server.connect();
        server.io.emit("news", "not stored");
        assertThat(client.messages()).containsExactly("42[\"news\",\"not stored\",\"7\"]");
    }

    private static final class Log implements ClusterTransport {
        @Nullable
        String next;

        @Override
        public CompletableFuture<Void> start(Receiver receiver) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public CompletableFuture<Void> close() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
            local.accept(next);
        }

        @Override
        public void respond(String requesterUid, ClusterMessage.Response response) {}

        @Override
        public boolean isOffset(String text) {
            return text.length() == 1;
        }

        @Override
        public String startOffset() {
            return "7";
        }
    }
}
