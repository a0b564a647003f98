package dev.sockeye.verification.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class StreamTest {
    private final Stream stream = new Stream("client");

    private static Emission question(int number) {
        return new Emission(number, "/", Set.of(), Set.of(), false, true, false);
    }

    /** Two servers send it: the one that the client has left, and the one on which it has recovered. */
    @Test
    void aQuestionDuringARecoveryArrivesOnce() {
        stream.add(question(1), false);
        stream.recover(Set.of(), 0, emission -> 0);
        stream.add(question(1), false);
        assertThat(stream.receive(1)).isNull();
        assertThat(stream.nextDue()).isNull();
    }

    @Test
    void aQuestionThatAlsoTheNewServerSendsMustArrive() {
        stream.add(question(1), false);
        stream.recover(Set.of(), 0, emission -> 0);
        stream.add(question(1), false);
        stream.add(question(2), false);
        assertThat(stream.receive(2)).contains("without, or before, #1");
    }
}
