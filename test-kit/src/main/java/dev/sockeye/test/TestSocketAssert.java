package dev.sockeye.test;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.client.DisconnectReason;
import java.util.Iterator;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions on a {@link TestSocket}. They first run all pending work. Assertions that expect something then wait for
 * other threads, up to {@link SockeyeTest.Builder#timeout}; assertions that expect nothing do not wait.
 *
 * <p>Arguments are compared as they are sent: a record equals the map with its fields, and 1 equals 1.0.
 */
public final class TestSocketAssert extends AbstractAssert<TestSocketAssert, TestSocket> {
    TestSocketAssert(TestSocket actual) {
        super(actual, TestSocketAssert.class);
    }

    /** Verifies that an event with this name was received, with any arguments. */
    @CanIgnoreReturnValue
    public TestSocketAssert received(String event) {
        return expect("to receive:\n  " + event + "(...)", any(got -> got.name().equals(event)));
    }

    /** Verifies that an event was received with exactly these arguments. */
    @CanIgnoreReturnValue
    public TestSocketAssert received(String event, @Nullable Object... args) {
        return expect("to receive:\n  " + WireValues.show(event, WireValues.of(args)), any(got -> got.is(event, args)));
    }

    /** Verifies that a typed event was received with this value. */
    @CanIgnoreReturnValue
    public <T> TestSocketAssert received(Event<T> event, T value) {
        return received(event.name(), new Object[] {value});
    }

    /** Verifies that events with these names were received in this order, possibly with others between them. */
    @CanIgnoreReturnValue
    public TestSocketAssert receivedInOrder(String... events) {
        return expect("to receive in this order:\n  " + String.join(", ", events), () -> {
            Iterator<ReceivedEvent> all = actual.receivedSoFar().iterator();
            for (String event : events) {
                boolean found = false;
                while (!found && all.hasNext()) {
                    found = all.next().name().equals(event);
                }
                if (!found) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Verifies that exactly this many events with this name were received. */
    @CanIgnoreReturnValue
    public TestSocketAssert receivedTimes(int times, String event) {
        return expect("to receive " + times + " times:\n  " + event + "(...)", () -> {
            long count = actual.receivedSoFar().stream()
                    .filter(got -> got.name().equals(event))
                    .count();
            return count == times;
        });
    }

    /** Verifies that no event with this name was received. */
    @CanIgnoreReturnValue
    public TestSocketAssert didNotReceive(String event) {
        return refuse(
                "not to receive:\n  " + event + "(...)", any(got -> got.name().equals(event)));
    }

    /** Verifies that no event was received with exactly these arguments. */
    @CanIgnoreReturnValue
    public TestSocketAssert didNotReceive(String event, @Nullable Object... args) {
        return refuse(
                "not to receive:\n  " + WireValues.show(event, WireValues.of(args)), any(got -> got.is(event, args)));
    }

    /** Verifies that no event was received. */
    @CanIgnoreReturnValue
    public TestSocketAssert receivedNothing() {
        return refuse("to receive nothing,", any(got -> true));
    }

    /** Verifies that the client is connected. */
    @CanIgnoreReturnValue
    public TestSocketAssert isConnected() {
        return expect("to be connected,", actual::connected);
    }

    /** Verifies that the client is not connected. */
    @CanIgnoreReturnValue
    public TestSocketAssert isDisconnected() {
        return expect("to be disconnected,", () -> !actual.connected());
    }

    /** Verifies that the client was disconnected for this reason, now or earlier. */
    @CanIgnoreReturnValue
    public TestSocketAssert wasDisconnected(DisconnectReason reason) {
        return expect(
                "to be disconnected with \"" + reason.text() + "\",",
                () -> actual.disconnects().contains(reason));
    }

    /** Verifies that the server refused the client with this message, which is the message of the middleware's error. */
    @CanIgnoreReturnValue
    public TestSocketAssert wasRefused(String message) {
        return expect(
                "to be refused with \"" + message + "\",",
                () -> actual.connectErrors().stream()
                        .anyMatch(error -> error.refused() && message.equals(error.getMessage())));
    }

    private BooleanSupplier any(Predicate<ReceivedEvent> wanted) {
        return () -> actual.receivedSoFar().stream().anyMatch(wanted);
    }

    @CanIgnoreReturnValue
    private TestSocketAssert expect(String what, BooleanSupplier condition) {
        isNotNull();
        if (!actual.test().await(condition)) {
            fail(what);
        }
        return this;
    }

    @CanIgnoreReturnValue
    private TestSocketAssert refuse(String what, BooleanSupplier condition) {
        isNotNull();
        actual.test().settle();
        if (condition.getAsBoolean()) {
            fail(what);
        }
        return this;
    }

    private void fail(String what) {
        List<ReceivedEvent> all = actual.receivedSoFar();
        StringBuilder text =
                new StringBuilder("Expected ").append(actual).append(' ').append(what);
        text.append(all.isEmpty() ? "\nbut it received nothing." : "\nbut it received:");
        all.forEach(event -> text.append("\n  ").append(event));
        text.append(actual.problems());
        throw failure("%s", text);
    }
}
