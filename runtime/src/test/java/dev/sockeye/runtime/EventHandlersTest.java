package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.HandlerErrors;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.TypedHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class EventHandlersTest {
    private final EventHandlers handlers = new EventHandlers();
    private final List<String> calls = new ArrayList<>();

    private final Ack ack = new Ack() {
        @Override
        public boolean expected() {
            return true;
        }

        @Override
        public void send(@Nullable Object... args) {
            calls.add("answer");
        }

        @Override
        public void error(String message) {
            calls.add("error " + message);
        }
    };

    private final HandlerErrors errors = new HandlerErrors() {
        @Override
        public void unbound(String event, BindingException error) {
            calls.add("unbound " + event);
        }

        @Override
        public void failed(String event, Throwable error) {
            calls.add("failed " + event);
        }
    };

    private RawHandler recording(String text) {
        return (args, given) -> calls.add(text);
    }

    private boolean call(String event) {
        return handlers.call(event, Arguments.none(), ack, errors);
    }

    @Test
    void handlersAreCalledInOrderAndPrependedOnesFirst() {
        handlers.add("a", recording("second"), false, false);
        handlers.add("a", recording("third"), false, false);
        handlers.add("a", recording("first"), false, true);
        handlers.add("b", recording("other"), false, false);
        assertThat(call("a")).isTrue();
        assertThat(call("none")).isFalse();
        assertThat(calls).containsExactly("first", "second", "third");
        assertThat(handlers.names()).containsExactly("a", "b");
    }

    @Test
    void aOnceHandlerIsCalledOnceEvenIfItTriggersTheSameEvent() {
        handlers.add(
                "a",
                (args, given) -> {
                    calls.add("once");
                    call("a");
                },
                true,
                false);
        call("a");
        assertThat(calls).containsExactly("once");
        assertThat(call("a")).isFalse();
    }

    @Test
    void aRegistrationDoesNotRemoveAnEqualHandlerThatIsAddedLater() {
        RawHandler same = recording("same");
        List<Runnable> removals =
                List.of(() -> handlers.remove("a", same), () -> handlers.remove("a"), handlers::clear);
        for (Runnable removal : removals) {
            Registration stale = handlers.add("a", same, false, false);
            removal.run();
            handlers.add("a", same, false, false);
            stale.close();
            assertThat(handlers.of("a")).containsExactly(same);
            handlers.clear();
        }
    }

    @Test
    void ofTwoEqualHandlersARegistrationRemovesItsOwn() {
        RawHandler same = recording("same");
        handlers.add("a", same, false, false);
        handlers.add("a", recording("between"), false, false);
        Registration second = handlers.add("a", same, false, false);
        handlers.add("b", same, false, false);
        second.close();
        second.close();
        call("a");
        call("b");
        assertThat(calls).containsExactly("same", "between", "same");
    }

    @Test
    void aRegistrationRemovesOnlyItsOwnHandler() {
        RawHandler same = recording("same");
        Registration first = handlers.add("a", same, false, false);
        handlers.add("a", same, false, false);
        first.close();
        first.close();
        call("a");
        assertThat(calls).containsExactly("same");
    }

    @Test
    void aTypedHandlerIsRemovedByTheOriginalHandlerObject() {
        AckEventHandler<String> given = (text, answered) -> calls.add(text);
        handlers.add("a", TypedHandler.of("a", String.class, given), false, false);
        assertThat(handlers.of("a")).containsExactly(given);
        handlers.remove("a", given);
        assertThat(handlers.of("a")).isEmpty();
        handlers.add("a", recording("x"), false, false);
        handlers.add("b", recording("y"), false, false);
        handlers.remove("a");
        assertThat(handlers.names()).containsExactly("b");
        handlers.clear();
        assertThat(handlers.names()).isEmpty();
    }

    @Test
    void aFailingHandlerIsReportedAndAnsweredAndTheOthersAreStillCalled() {
        handlers.add(
                "a",
                (args, given) -> {
                    throw new TimeoutException();
                },
                false,
                false);
        handlers.add(
                "a", TypedHandler.of("a", String.class, (String text, Ack given) -> calls.add(text)), false, false);
        handlers.add("a", recording("last"), false, false);
        assertThat(call("a")).isTrue();
        assertThat(calls)
                .containsExactly(
                        "failed a",
                        "error event \"a\", argument 1: expected String but the argument is missing",
                        "unbound a",
                        "last",
                        "error internal error");
    }

    @Test
    void cancellingOrCompletingAPendingAnswerAbandonsItOnce() {
        AtomicInteger abandoned = new AtomicInteger();
        AnswerFuture<String> answered = new AnswerFuture<>(abandoned::incrementAndGet);
        answered.answer("x");
        assertThat(answered.cancel(false)).isFalse();
        assertThat(answered.complete("y")).isFalse();
        assertThat(abandoned).hasValue(0);
        AnswerFuture<String> cancelled = new AnswerFuture<>(abandoned::incrementAndGet);
        assertThat(cancelled.cancel(false)).isTrue();
        cancelled.cancel(false);
        cancelled.answer("late");
        assertThat(abandoned).hasValue(1);
        new AnswerFuture<String>(abandoned::incrementAndGet).complete("mine");
        assertThat(abandoned).hasValue(2);
    }
}
