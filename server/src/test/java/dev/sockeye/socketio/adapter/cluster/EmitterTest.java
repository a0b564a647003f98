package dev.sockeye.socketio.adapter.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class EmitterTest {

    /** Records the messages; the test completes the futures. */
    private static final class RecordingTransport implements EmitterTransport {
        final List<List<ClusterMessage>> sent = new ArrayList<>();
        final List<CompletableFuture<Void>> futures = new ArrayList<>();
        boolean closed;

        @Override
        public CompletableFuture<Void> send(List<ClusterMessage> messages) {
            sent.add(messages);
            futures.add(new CompletableFuture<>());
            return futures.get(futures.size() - 1);
        }

        @Override
        public void close() {
            closed = true;
        }

        ClusterMessage only() {
            assertThat(sent).hasSize(1);
            return sent.remove(0).get(0);
        }
    }

    private final RecordingTransport transport = new RecordingTransport();
    private final Emitter emitter = Emitter.over(transport);

    @Test
    void roomsExceptedRoomsAndFlagsAreSentWithTheEvent() {
        emitter.to("a").in("b", "c").except("d").asVolatile().compress(false).emit("event", 1, "two");
        ClusterMessage.Broadcast message = (ClusterMessage.Broadcast) transport.only();
        assertThat(message.uid()).isEqualTo("emitter");
        assertThat(message.namespace()).isEqualTo("/");
        assertThat(message.requestId()).isNull();
        assertThat(message.event()).isEqualTo("event");
        assertThat(message.args().toList()).isEqualTo(List.of(1, "two"));
        assertThat(message.to())
                .isEqualTo(new BroadcastOptions(
                        Set.of("a", "b", "c"),
                        Set.of("d"),
                        BroadcastFlags.NONE.asVolatile().withCompress(false)));
    }

    @Test
    void ofAddsTheLeadingSlashAndResetsTheRooms() {
        emitter.to("a").of("admin").emit("event");
        ClusterMessage.Broadcast message = (ClusterMessage.Broadcast) transport.only();
        assertThat(message.namespace()).isEqualTo("/admin");
        assertThat(message.to()).isEqualTo(BroadcastOptions.ALL);
    }

    @Test
    void derivingAnEmitterDoesNotChangeTheOriginal() {
        emitter.to("a");
        emitter.emit("event");
        assertThat(((ClusterMessage.Broadcast) transport.only()).to()).isEqualTo(BroadcastOptions.ALL);
    }

    @Test
    void joinLeaveDisconnectAndServerSideEmitMessagesAreSent() {
        emitter.to("a").socketsJoin("b", "c");
        assertThat(((ClusterMessage.SocketsJoin) transport.only()).rooms()).containsExactly("b", "c");
        emitter.socketsLeave("b");
        assertThat(((ClusterMessage.SocketsLeave) transport.only()).rooms()).containsExactly("b");
        emitter.disconnectSockets(true);
        assertThat(((ClusterMessage.DisconnectSockets) transport.only()).close())
                .isTrue();
        emitter.serverSideEmit("event", 1);
        assertThat(((ClusterMessage.ServerSideEmit) transport.only()).event()).isEqualTo("event");
    }

    @Test
    void reservedEventsAreRefused() {
        assertThatThrownBy(() -> emitter.emit("connect")).isInstanceOf(IllegalArgumentException.class);
        assertThat(transport.sent).isEmpty();
    }

    @Test
    void aBatchIsSentInOneCallAndInOrder() {
        List<CompletableFuture<Void>> inner = new ArrayList<>();
        CompletableFuture<Void> sent = emitter.to("base").batch(batch -> {
            inner.add(batch.to("a").emit("first"));
            inner.add(batch.of("/admin").emit("second"));
            assertThat(transport.sent).isEmpty();
        });
        assertThat(transport.sent).hasSize(1);
        List<ClusterMessage> messages = transport.sent.get(0);
        assertThat(messages)
                .extracting(message -> ((ClusterMessage.Broadcast) message).event())
                .containsExactly("first", "second");
        assertThat(((ClusterMessage.Broadcast) messages.get(0)).to().rooms()).containsExactly("base", "a");
        assertThat(inner).noneMatch(CompletableFuture::isDone);
        transport.futures.get(0).complete(null);
        assertThat(sent).isCompleted();
        assertThat(inner).allMatch(CompletableFuture::isDone);
    }

    @Test
    void aFailedBatchFailsEachOfItsMessages() {
        List<CompletableFuture<Void>> inner = new ArrayList<>();
        CompletableFuture<Void> sent = emitter.batch(batch -> inner.add(batch.emit("event")));
        transport.futures.get(0).completeExceptionally(new IOException("away"));
        assertThat(sent).isCompletedExceptionally();
        assertThat(inner.get(0)).isCompletedExceptionally();
    }

    @Test
    void anEmptyBatchSendsNothing() {
        assertThat(emitter.batch(batch -> {})).isCompleted();
        assertThat(transport.sent).isEmpty();
    }

    @Test
    void aBatchCannotBeUsedAfterItHasEnded() {
        List<Emitter> kept = new ArrayList<>();
        emitter.batch(kept::add);
        assertThatThrownBy(() -> kept.get(0).emit("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the batch has ended");
        assertThatThrownBy(() -> kept.get(0).close()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closeClosesTheTransport() {
        emitter.close();
        assertThat(transport.closed).isTrue();
    }
}
