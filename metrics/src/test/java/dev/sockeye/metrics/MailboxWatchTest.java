package dev.sockeye.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.server.ClientConnection;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The watch of the mailboxes")
class MailboxWatchTest {
    /** A connection whose mailbox accepts no tasks. */
    private static final class Rejecting implements ClientConnection {
        @Override
        public EngineSocket conn() {
            throw new UnsupportedOperationException();
        }

        @Override
        public HostRequest request() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int waiting() {
            return 1;
        }

        @Override
        public void execute(Runnable action) {
            throw new RejectedExecutionException("expected in this test");
        }
    }

    @Test
    void aRejectedTaskIsNotOutstandingAndDoesNotEndTheSampling() {
        try (MailboxWatch watch = new MailboxWatch(() -> Set.of(new Rejecting()))) {
            watch.sample();
            assertThat(watch.oldest()).isZero();
        }
    }

    @Test
    void aFailureToFindTheConnectionsDoesNotEndTheSampling() {
        try (MailboxWatch watch = new MailboxWatch(() -> {
            throw new LinkageError("expected in the log of this test");
        })) {
            watch.sample();
            assertThat(watch.oldest()).isZero();
        }
    }
}
