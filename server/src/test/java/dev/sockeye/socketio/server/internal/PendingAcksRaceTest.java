package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.runtime.AnswerFuture;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.HandlerExecution;
import dev.sockeye.socketio.server.Races;
import dev.sockeye.socketio.server.TestServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The answer, the timeout, and the end of the socket (or a cancellation by the caller) at the same time. */
@Tag("threads")
class PendingAcksRaceTest {
    private final TestServer server =
            new TestServer(options -> options.execution(HandlerExecution.pool(Runnable::run)));
    private final SocketCore socket = socket();

    private SocketCore socket() {
        server.connect();
        return Peek.cores(server.io.sockets()).iterator().next();
    }

    @Test
    void anAcknowledgementCompletesOnceWithTheFirstOutcome() {
        assertThat(Races.run(
                                random -> new Pending(),
                                Pending::end,
                                List.of(Pending::answer, Pending::expire, Pending::disconnect))
                        .keySet())
                .isSubsetOf("answer", "timeout", "disconnected");
    }

    @Test
    void aCancelledAcknowledgementCompletesAtMostOnce() {
        assertThat(Races.run(
                                random -> new Pending(),
                                Pending::end,
                                List.of(Pending::answer, Pending::expire, Pending::giveUp))
                        .keySet())
                .isSubsetOf("answer", "timeout", "given up");
    }

    @Test
    void theTimerIsCancelledWhenAnAcknowledgementCompletes() {
        int before = server.loop.timers();
        assertThat(Races.run(
                                random -> new Pending(),
                                Pending::end,
                                List.of(Pending::addWithTimeout, Pending::disconnect))
                        .keySet())
                .containsExactly("disconnected");
        assertThat(server.loop.timers()).isEqualTo(before);
    }

    private static final class Ack {
        final AnswerFuture<Arguments> future = new AnswerFuture<>(() -> {});
        final AtomicInteger ends = new AtomicInteger();

        Ack() {
            var unused = future.whenComplete((args, error) -> ends.incrementAndGet());
        }
    }

    /** Of one socket: one with a timeout, one of a broadcast, and one that is added during the race. */
    private final class Pending {
        private final PendingAcks acks = new PendingAcks(socket);
        private final Ack first = new Ack();
        private final Ack late = new Ack();
        private final AtomicInteger collected = new AtomicInteger();
        private final Runnable timeout;
        private boolean givenUp;

        Pending() {
            acks.add(1, first.future, Duration.ofSeconds(1));
            timeout = server.loop.takeLast();
            acks.add(2, args -> collected.incrementAndGet());
        }

        void answer() {
            acks.complete(1, Arguments.of());
            acks.add(3, late.future, null);
            acks.complete(2, Arguments.of());
        }

        void addWithTimeout() {
            acks.add(3, late.future, Duration.ofSeconds(1));
        }

        void expire() {
            timeout.run();
            acks.complete(2, Arguments.of());
            acks.complete(3, Arguments.of());
        }

        void disconnect() {
            acks.fail();
        }

        void giveUp() {
            givenUp = true;
            acks.forget(1);
        }

        String end() {
            acks.fail();
            if (acks.size() != 0) {
                return "left";
            }
            if (late.ends.get() != 1 || collected.get() > 1) {
                return "ends of the late one " + late.ends + ", of the broadcast's " + collected;
            }
            if (first.ends.get() == 0 && givenUp) {
                return "given up";
            }
            if (first.ends.get() != 1) {
                return "ends " + first.ends;
            }
            Throwable failure = first.future.handle((args, e) -> e).join();
            return failure == null ? "answer" : failure instanceof AckTimeoutException ? "timeout" : "disconnected";
        }
    }
}
