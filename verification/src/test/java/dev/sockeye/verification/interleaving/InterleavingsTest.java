package dev.sockeye.verification.interleaving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.jakarta.SerialLoopScenario;
import dev.sockeye.redis.StreamAppenderScenario;
import dev.sockeye.runtime.MailboxScenario;
import dev.sockeye.socketio.server.internal.SocketTableScenario;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Interleavings")
class InterleavingsTest {
    @Test
    void aMailboxRunsEachTaskOnceInOrderAndInTheMailbox() {
        Interleavings.explore(MailboxScenario.class, "dev.sockeye.runtime.Mailbox");
    }

    @Test
    void aSerialLoopRunsEachTaskOnceInOrderAndInTheLoop() {
        Interleavings.explore(SerialLoopScenario.class, "dev.sockeye.jakarta.");
    }

    @Test
    void aSocketTableLosesNoChangesAndListsEachSocketOnce() {
        Interleavings.explore(SocketTableScenario.class, "dev.sockeye.socketio.server.internal.");
    }

    @Test
    void aStreamAppenderAddsAndRunsEachEntryOnce() {
        Interleavings.explore(StreamAppenderScenario.class, "dev.sockeye.redis.");
    }

    @Test
    void aLostUpdateIsDetected() {
        assertThatThrownBy(() -> Interleavings.explore(
                        LostUpdate.class, "dev.sockeye.verification.interleaving.InterleavingsTest$Counter"))
                .hasMessageContaining("lost");
    }

    static final class Counter {
        private int count;

        void add() {
            count++;
        }

        int count() {
            return count;
        }
    }

    static final class LostUpdate implements Scenario {
        private final Counter counter = new Counter();

        @Override
        public List<Runnable> threads() {
            return List.of(counter::add, counter::add);
        }

        @Override
        public void check() {
            if (counter.count() != 2) {
                throw new AssertionError("an update is lost");
            }
        }
    }
}
