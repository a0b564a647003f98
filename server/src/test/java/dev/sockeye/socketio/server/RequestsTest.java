package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.AckErrorException;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.TypeRef;
import dev.sockeye.socketio.server.internal.Peek;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Requests in both directions: handlers that answer by returning, and answers as types. */
class RequestsTest {
    record Order(String item, int count) {}

    private static final Request<Order, Integer> ORDER = Request.of("order", Order.class, Integer.class);
    private static final Request<String, List<Integer>> LIST =
            Request.of("list", String.class, new TypeRef<List<Integer>>() {});

    private final TestServer server = new TestServer();
    private final List<String> failures = new ArrayList<>();
    private final List<Throwable> errors = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    private FakeClient connect(Consumer<Socket> setUp) {
        server.io.onHandlerError((socket, event, error) -> failures.add(event + " " + error.getMessage()));
        server.io.onConnection(socket -> {
            sockets.add(socket);
            socket.onError(errors::add);
            setUp.accept(socket);
        });
        return server.connect();
    }

    private static String ask(FakeClient client, String event, String args) {
        client.text("427[\"" + event + "\"" + args + "]");
        return client.next();
    }

    @Test
    void theResultOfAHandlerIsSentAsTheAnswer() {
        CompletableFuture<Integer> later = new CompletableFuture<>();
        FakeClient client = connect(socket -> {
            socket.onRequest(ORDER, order -> order.count() * 2);
            socket.onRequest("raw", Order.class, order -> List.of(order.item(), order.count()));
            socket.onRequest("list", new TypeRef<List<Integer>>() {}, List::size);
            socket.onRequest("two", String.class, text -> Arguments.of(text, text));
            socket.onRequest("stage", String.class, text -> later);
            socket.onRequestAsync(Request.of("async", Void.class, Integer.class), nothing -> later);
        });
        assertThat(ask(client, "order", ",{\"item\":\"tea\",\"count\":21}")).isEqualTo("437[42]");
        assertThat(ask(client, "raw", ",{\"item\":\"tea\",\"count\":21}")).isEqualTo("437[[\"tea\",21]]");
        assertThat(ask(client, "list", ",[1,2,3]")).isEqualTo("437[3]");
        assertThat(ask(client, "two", ",\"x\"")).isEqualTo("437[\"x\",\"x\"]");
        client.text("421[\"stage\",\"x\"]").text("422[\"async\"]");
        assertThat(client.messages()).isEmpty();
        later.complete(5);
        server.loop.run();
        assertThat(client.messages()).containsExactlyInAnyOrder("431[5]", "432[5]");
        assertThat(errors).isEmpty();
        assertThat(failures).isEmpty();
    }

    @Test
    void anExceptionIsAnsweredWithAnErrorAndReportedIfUnexpectedOrUnanswerable() {
        CompletableFuture<Integer> later = new CompletableFuture<>();
        FakeClient client = connect(socket -> {
            socket.onRequest("sold out", String.class, text -> {
                throw new AckErrorException("no " + text);
            });
            socket.onRequest("refused", String.class, text -> {
                throw new MiddlewareException("not you", null);
            });
            socket.onRequest("broken", String.class, text -> {
                throw new IOException("password of the database");
            });
            socket.onRequest("later", String.class, text -> later.thenApply(done -> done));
        });
        assertThat(ask(client, "sold out", ",\"tea\"")).isEqualTo("437[{\"error\":\"no tea\"}]");
        assertThat(ask(client, "refused", ",\"tea\"")).isEqualTo("437[{\"error\":\"not you\"}]");
        assertThat(failures).isEmpty();
        assertThat(ask(client, "broken", ",\"tea\"")).isEqualTo("437[{\"error\":\"internal error\"}]");
        client.text("428[\"later\",\"tea\"]");
        later.completeExceptionally(new IllegalStateException("secret"));
        server.loop.run();
        assertThat(client.next()).isEqualTo("438[{\"error\":\"internal error\"}]");
        client.text("42[\"sold out\",\"silently\"]");
        assertThat(failures).containsExactly("broken password of the database", "later secret", "sold out no silently");
    }

    @Test
    void aRequestThatDoesNotBindIsAnsweredWithAnErrorAndReported() {
        FakeClient client = connect(socket -> socket.onRequest(ORDER, Order::count));
        assertThat(ask(client, "order", ""))
                .isEqualTo("437[{\"error\":\"event \\\"order\\\", argument 1: expected Order but the argument is"
                        + " missing\"}]");
        assertThat(ask(client, "order", ",null")).contains("expected Order but it is null");
        assertThat(ask(client, "order", ",{\"count\":\"x\"}")).contains("at $.count");
        assertThat(errors).hasSize(3).allMatch(BindingException.class::isInstance);
        assertThat(failures).isEmpty();
    }

    @Test
    void answersOfAClientAreTyped() {
        FakeClient client = connect(socket -> {});
        Socket socket = sockets.get(0);
        CompletableFuture<List<Integer>> list = socket.emitWithAck(LIST, "all");
        CompletableFuture<String> text = socket.emitWithAck("text", String.class, 1, 2);
        CompletableFuture<List<Integer>> generic = socket.emitWithAck("list", new TypeRef<List<Integer>>() {});
        CompletableFuture<Void> nothing = socket.emitWithAck("nothing", Void.class);
        CompletableFuture<String> error = socket.emitWithAck("error", String.class);
        CompletableFuture<String> missing = socket.emitWithAck("missing", String.class);
        client.text("430[[1,2]]").text("431[\"x\"]").text("432[[3]]").text("433[]");
        client.text("434[{\"error\":\"no\"}]").text("435[null]");
        server.loop.run();
        assertThat(list).isCompletedWithValue(List.of(1, 2));
        assertThat(text).isCompletedWithValue("x");
        assertThat(generic).isCompletedWithValue(List.of(3));
        assertThat(nothing).isCompletedWithValue(null);
        assertThat(error).isCompletedExceptionally();
        assertThatThrownBy(error::join)
                .cause()
                .isInstanceOf(AckErrorException.class)
                .hasMessage("no");
        assertThatThrownBy(missing::join)
                .cause()
                .isInstanceOf(BindingException.class)
                .hasMessage("answer to \"missing\", argument 1: expected String but it is null");
    }

    @Test
    void completingOrCancellingAFutureRemovesThePendingAcknowledgement() {
        connect(socket -> {});
        Socket socket = sockets.get(0);
        CompletableFuture<Arguments> raw = socket.emitWithAck("a");
        CompletableFuture<List<Integer>> typed = socket.emitWithAck(LIST, "x");
        CompletableFuture<Arguments> completed =
                socket.timeout(Duration.ofSeconds(5)).emitWithAck("b");
        CompletableFuture<List<Arguments>> broadcast = server.io.emitWithAck("c");
        CompletableFuture<List<Integer>> typedBroadcast = server.io.emitWithAck("d", Integer.class);
        assertThat(Peek.pendingAcks(socket)).isEqualTo(5);
        int timers = server.loop.timers();
        raw.cancel(false);
        typed.cancel(true);
        completed.complete(Arguments.none());
        broadcast.completeExceptionally(new IllegalStateException());
        typedBroadcast.cancel(false);
        assertThat(Peek.pendingAcks(socket)).isZero();
        assertThat(server.loop.timers()).isEqualTo(timers - 3);
    }

    @Test
    void answersToABroadcastAreTyped() {
        FakeClient one = connect(socket -> {});
        FakeClient two = server.connect();
        CompletableFuture<List<List<Integer>>> answers = server.io.emitWithAck(LIST, "all");
        CompletableFuture<List<String>> refused = server.io.emitWithAck("text", String.class);
        one.text("430[[1]]").text("431[\"x\"]");
        two.text("430[[2]]").text("431[{\"error\":\"no\"}]");
        server.loop.run();
        assertThat(answers).isCompletedWithValue(List.of(List.of(1), List.of(2)));
        assertThatThrownBy(refused::join)
                .cause()
                .isInstanceOf(AckErrorException.class)
                .hasMessage("no");
    }

    @Test
    void remoteSocketsSupportTypedAcknowledgementsAndTimeouts() {
        FakeClient client = connect(socket -> {});
        RemoteSocket remote = server.io.fetchSockets().join().get(0);
        CompletableFuture<List<Integer>> answer = remote.emitWithAck(LIST, "x");
        remote.send("hi");
        assertThat(client.messages()).containsExactly("420[\"list\",\"x\"]", "42[\"message\",\"hi\"]");
        client.text("430[[7]]");
        server.loop.run();
        assertThat(answer).isCompletedWithValue(List.of(7));
        CompletableFuture<Arguments> late =
                remote.timeout(Duration.ofSeconds(1)).emitWithAck("late");
        server.loop.advance(Duration.ofSeconds(2));
        assertThatThrownBy(late::join).cause().isInstanceOf(AckTimeoutException.class);
    }

    @Test
    void callBlocksUntilTheAnswerArrives() throws Exception {
        FakeClient client = connect(socket -> {});
        Socket socket = sockets.get(0);
        assertThatIllegalStateException()
                .isThrownBy(() -> socket.call("q", Duration.ofSeconds(1)))
                .withMessageContaining("use emitWithAck");
        CompletableFuture<List<Integer>> called = new CompletableFuture<>();
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            caller.complete(Thread.currentThread());
            try {
                called.complete(socket.call(LIST, Duration.ofSeconds(30), "x"));
            } catch (Throwable e) {
                called.completeExceptionally(e);
            }
        });
        thread.start();
        while (Peek.pendingAcks(socket) == 0) {
            Thread.onSpinWait();
        }
        server.loop.run();
        client.text("430[{\"error\":\"no\"}]");
        server.loop.run();
        assertThatThrownBy(() -> called.get(30, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOf(AckErrorException.class);
        thread.join();
    }

    /** Its getter fails with an error, which no parser handles. */
    static final class Broken {
        public String getText() {
            throw new AssertionError("expected in the log of this test");
        }
    }

    @Test
    void anAnswerWhoseEncodingFailsWithAnErrorIsReplacedByAnInternalError() {
        FakeClient client = connect(socket -> socket.on("ask", (args, ack) -> ack.send(new Broken())));
        assertThat(ask(client, "ask", "")).isEqualTo("437[{\"error\":\"internal error\"}]");
        assertThat(failures).hasSize(1);
    }
}
