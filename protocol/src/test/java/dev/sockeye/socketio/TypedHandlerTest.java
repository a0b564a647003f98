package dev.sockeye.socketio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.TypeRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TypedHandlerTest {
    record Order(String item, int count) {}

    private final List<Object> answers = new ArrayList<>();
    private final List<Throwable> reported = new ArrayList<>();

    private final Ack ack = new Ack() {
        @Override
        public boolean expected() {
            return true;
        }

        @Override
        public void send(@Nullable Object... args) {
            answers.add(Arrays.asList(args));
        }

        @Override
        public void error(String message) {
            send(Map.of("error", message));
        }
    };

    private final HandlerErrors errors = new HandlerErrors() {
        @Override
        public void unbound(String event, BindingException error) {
            reported.add(error);
        }

        @Override
        public void failed(String event, Throwable error) {
            reported.add(error);
        }
    };

    private void call(TypedHandler handler, @Nullable Object... args) throws Exception {
        handler.handle(Arguments.of(args), ack, errors);
    }

    private static TypedHandler request(RequestHandler<Order, ?> handler) {
        return TypedHandler.ofRequest("order", Order.class, handler);
    }

    private static List<Object> error(Object error) {
        return List.of(Map.of("error", error));
    }

    @Test
    void aMissingArgumentIsABindingErrorWithItsPosition() throws Exception {
        call(TypedHandler.of("order", Order.class, (Order order, Ack given) -> answers.add("called")));
        String text = "event \"order\", argument 1: expected Order but the argument is missing";
        assertThat(reported).singleElement().isInstanceOf(BindingException.class);
        assertThat(reported.get(0)).hasMessage(text);
        assertThat(answers).containsExactly(error(text));
    }

    @Test
    void aNullArgumentIsABindingError() throws Exception {
        TypedHandler handler = TypedHandler.of(
                "sum", Integer.class, Integer.class, (Integer a, Integer b, Ack given) -> answers.add("called"));
        call(handler, 1, null);
        assertThat(answers).containsExactly(error("event \"sum\", argument 2: expected Integer but it is null"));
        assertThatThrownBy(() -> handler.handle(Arguments.of(1), ack))
                .isInstanceOf(BindingException.class)
                .hasMessageEndingWith("argument 2: expected Integer but the argument is missing");
    }

    @Test
    void anArgumentOfTypeVoidMayBeMissing() throws Exception {
        List<@Nullable Object> seen = new ArrayList<>();
        TypedHandler handler = TypedHandler.of("go", Void.class, (nothing, given) -> seen.add(nothing));
        call(handler);
        assertThat(seen).containsOnlyNulls().hasSize(1);
        assertThat(reported).isEmpty();
    }

    @Test
    void theResultOfARequestHandlerIsTheAnswer() throws Exception {
        call(request(order -> order.count() * 2), new Order("tea", 21));
        call(request(order -> Arguments.of(order.item(), 1)), new Order("tea", 21));
        call(request(order -> null), new Order("tea", 21));
        assertThat(answers).containsExactly(List.of(42), List.of("tea", 1), Collections.singletonList(null));
    }

    @Test
    void theResultOfAReturnedCompletionStageIsTheAnswer() throws Exception {
        CompletableFuture<String> later = new CompletableFuture<>();
        call(request(order -> later), new Order("tea", 1));
        assertThat(answers).isEmpty();
        later.complete("done");
        assertThat(answers).containsExactly(List.of("done"));
    }

    @Test
    void anAckErrorExceptionIsSentAsTheAnswerAndNotReported() throws Exception {
        call(
                request(order -> {
                    throw new AckErrorException("sold out");
                }),
                new Order("tea", 1));
        call(
                request(order -> {
                    throw new AckErrorException("sold out", Payload.of(Map.of("code", 7)));
                }),
                new Order("tea", 1));
        assertThat(answers).containsExactly(error("sold out"), error(Map.of("code", 7)));
        assertThat(reported).isEmpty();
    }

    @Test
    void anyOtherExceptionIsRethrownAndAnsweredAsInternalError() {
        TypedHandler handler = request(order -> {
            throw new java.io.IOException("secret path");
        });
        assertThatThrownBy(() -> call(handler, new Order("tea", 1))).hasMessage("secret path");
        assertThat(answers).containsExactly(error("internal error"));
    }

    @Test
    void aCompletionStageThatFailsIsAnsweredAndInternalErrorsAreReported() throws Exception {
        CompletableFuture<String> later = new CompletableFuture<>();
        CompletableFuture<String> refused = new CompletableFuture<>();
        call(request(order -> later.thenApply(text -> text)), new Order("tea", 1));
        call(request(order -> refused.thenApply(text -> text)), new Order("tea", 1));
        later.completeExceptionally(new IllegalStateException("secret"));
        refused.completeExceptionally(new AckErrorException("sold out"));
        assertThat(answers).contains(error("internal error"), error("sold out"));
        assertThat(reported)
                .singleElement()
                .satisfies(error -> assertThat(error).hasMessage("secret"));
    }

    @Test
    void anAnswerIsBoundOrFailsWithADescriptiveError() {
        Request<Order, List<Integer>> request = Request.of("order", Order.class, new TypeRef<List<Integer>>() {});
        assertThat(request.answer(Arguments.of(List.of(1, 2)))).containsExactly(1, 2);
        assertThatThrownBy(() -> request.answer(Arguments.none()))
                .isInstanceOf(BindingException.class)
                .hasMessage("answer to \"order\", argument 1: expected List<Integer> but the argument is missing");
        assertThatThrownBy(() -> request.answer(Arguments.of(Map.of("error", "sold out"))))
                .isInstanceOf(AckErrorException.class)
                .hasMessage("sold out");
        assertThat(Request.of("save", Order.class, Void.class).answer(Arguments.none()))
                .isNull();
    }

    @Test
    void requestsAreEqualIfNameAndTypesAreEqual() {
        Request<Order, String> request = Request.of("order", Order.class, String.class);
        assertThat(request)
                .isEqualTo(Request.of("order", Order.class, String.class))
                .hasSameHashCodeAs(Request.of("order", Order.class, String.class))
                .isNotEqualTo(Request.of("order", Order.class, Integer.class))
                .isNotEqualTo(Request.of("orders", Order.class, String.class))
                .hasToString("Request[order: " + Order.class.getName() + " -> java.lang.String]");
        assertThatThrownBy(() -> Request.of("disconnect", Order.class, String.class))
                .hasMessage("\"disconnect\" is a reserved event name");
    }

    @Test
    void cancellingATypedFutureCancelsItsSource() {
        CompletableFuture<Arguments> source = new CompletableFuture<>();
        CompletableFuture<String> typed = MappedFuture.of(source, args -> "x");
        assertThat(typed.cancel(false)).isTrue();
        assertThat(source).isCancelled();
        CompletableFuture<Arguments> answered = new CompletableFuture<>();
        CompletableFuture<String> second = MappedFuture.of(answered, args -> String.valueOf(args.get(0)));
        answered.complete(Arguments.of("y"));
        assertThat(second).isCompletedWithValue("y");
    }
}
