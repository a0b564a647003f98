package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.AckErrorException;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventReceiver;
import dev.sockeye.socketio.EventSender;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The API that the client's socket shares with the server's. On a fake loop, clock and network. */
class SharedApiTest {
    private static final Request<String, Integer> LENGTH = Request.of("length", String.class, Integer.class);
    private static final Event<String> NEWS = Event.of("news", String.class);

    private final Bench bench = new Bench();
    private final Socket socket = bench.connected(Bench.webSocket().build());
    private final List<Object> told = new ArrayList<>();

    private List<String> answers() {
        return bench.server().frames.stream()
                .filter(frame -> frame.startsWith("43"))
                .toList();
    }

    @Test
    void aSocketIsAnEventReceiverAndAnEventSender() {
        assertThat(socket).isInstanceOf(EventReceiver.class).isInstanceOf(EventSender.class);
        assertThat(socket.timeout(Duration.ofSeconds(1))).isInstanceOf(EventSender.class);
    }

    @Test
    void theResultOfARequestHandlerIsSentAsTheAck() {
        socket.onRequest(LENGTH, String::length);
        socket.onRequest("later", String.class, text -> CompletableFuture.completedFuture(text + "!"));
        bench.server().text("420[\"length\",\"four\"]").text("421[\"later\",\"a\"]");
        assertThat(answers()).containsExactly("430[4]", "431[\"a!\"]");
    }

    @Test
    void aRequestHandlerExceptionIsSentAsAnErrorAck() {
        socket.onError(told::add);
        socket.onRequest(LENGTH, text -> {
            if (text.isEmpty()) {
                throw new AckErrorException("empty");
            }
            throw new IllegalStateException("a secret");
        });
        bench.server()
                .text("420[\"length\",\"\"]")
                .text("421[\"length\",\"x\"]")
                .text("422[\"length\"]");
        assertThat(answers())
                .startsWith("430[{\"error\":\"empty\"}]", "431[{\"error\":\"internal error\"}]")
                .last()
                .asString()
                .startsWith("432[{\"error\":\"event \\\"length\\\", argument 1: expected String but the argument is");
        assertThat(told).hasSize(2).first().isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aTypedAckIsBoundOrFails() {
        CompletableFuture<Integer> fits = socket.emitWithAck(LENGTH, "four");
        CompletableFuture<Integer> refused = socket.emitWithAck("length", Integer.class, "x");
        CompletableFuture<Integer> missing =
                socket.timeout(Duration.ofSeconds(9)).emitWithAck(LENGTH, "y");
        bench.server().text("430[4]").text("431[{\"error\":\"no\"}]").text("432[]");
        assertThat(fits).isCompletedWithValue(4);
        assertThatThrownBy(refused::join).hasCauseInstanceOf(AckErrorException.class);
        assertThatThrownBy(missing::join).hasCauseInstanceOf(BindingException.class);
    }

    @Test
    void cancellingATypedAckRemovesItFromTheOutbox() {
        CompletableFuture<Integer> answer = socket.emitWithAck(LENGTH, "four");
        assertThat(socket.core().outbox().isEmpty()).isFalse();
        answer.cancel(false);
        assertThat(socket.core().outbox().isEmpty()).isTrue();
    }

    @Test
    void handlersCanBePrependedListedAndRemoved() {
        Registration second = socket.on(NEWS, text -> told.add("second " + text));
        socket.prepend(NEWS, text -> told.add("first " + text));
        socket.on("other", () -> told.add("other"));
        assertThat(socket.eventNames()).containsExactlyInAnyOrder("news", "other");
        bench.server().text("42[\"news\",\"a\"]");
        assertThat(told).containsExactly("first a", "second a");
        second.close();
        second.close();
        bench.server().text("42[\"news\",\"b\"]");
        assertThat(told).hasSize(3);
        socket.removeAllListeners();
        bench.server().text("42[\"news\",\"c\"]").text("42[\"other\"]");
        assertThat(told).hasSize(3);
        assertThat(socket.eventNames()).isEmpty();
    }

    @Test
    void eventsWithoutAHandlerReachTheUnknownEventHandler() {
        socket.on("known", () -> told.add("known"));
        Registration fallback = socket.onUnknownEvent((event, args, ack) -> {
            told.add(event + args.get(0));
            ack.send("none");
        });
        bench.server().text("42[\"known\"]").text("420[\"what\",1]");
        assertThat(told).containsExactly("known", "what1");
        assertThat(answers()).containsExactly("430[\"none\"]");
        fallback.close();
        bench.server().text("42[\"what\",2]");
        assertThat(told).hasSize(2);
    }

    /** Cannot be encoded. */
    public static final class Broken {
        public String getText() {
            throw new IllegalStateException("broken");
        }
    }

    @Test
    void anotherAckCanBeSentAfterOneThatCannotBeEncoded() {
        socket.on("e", (args, ack) -> {
            assertThatThrownBy(() -> ack.send(new Broken())).isInstanceOf(BindingException.class);
            ack.send("ok");
        });
        bench.server().text("420[\"e\"]");
        assertThat(answers()).containsExactly("430[\"ok\"]");
    }

    @Test
    void aRawAckHasAllArguments() {
        CompletableFuture<Arguments> answer = socket.emitWithAck("e");
        bench.server().text("430[1,null]");
        assertThat(answer.join().toList()).containsExactly(1, null);
    }
}
