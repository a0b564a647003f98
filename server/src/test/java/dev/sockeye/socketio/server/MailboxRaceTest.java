package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.runtime.MailboxExecutor;
import dev.sockeye.runtime.MailboxLimits;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two posters and a worker, all of which run turns, as the threads of a pool do. */
@Tag("threads")
class MailboxRaceTest {
    private static final String RIGHT = "each task ran once, in order, alone, and in its mailbox";

    @Test
    void tasksRunOnceSequentiallyAndInPostingOrder() {
        race(Kind.POOL);
    }

    /** By the clock, each turn takes too long, so it is passed on after four tasks. */
    @Test
    void tasksRunOnceInOrderWhenTheMailboxYields() {
        race(Kind.SLOW);
    }

    /** Passed on too, to an executor that sometimes runs the task immediately. */
    @Test
    void tasksRunOnceInOrderOnACallerRunsExecutor() {
        race(Kind.CALLS_BACK);
    }

    /** It accepts turns at first, and then rejects all. */
    @Test
    void tasksRunOnceInOrderWhenTheExecutorIsShutDown() {
        race(Kind.SHUT_DOWN);
    }

    private static void race(Kind kind) {
        assertThat(Races.run(
                        random -> new Pool(kind),
                        Pool::end,
                        List.of(
                                pool -> {
                                    for (int i = 0; i < 5; i++) {
                                        pool.post(0);
                                    }
                                    pool.turn();
                                    pool.post(0);
                                },
                                pool -> {
                                    pool.post(1);
                                    pool.turn();
                                    pool.post(1);
                                },
                                pool -> {
                                    pool.turn();
                                    pool.turn();
                                    pool.turn();
                                    pool.turn();
                                })))
                .containsOnlyKeys(RIGHT);
    }

    private enum Kind {
        POOL,
        SLOW,
        CALLS_BACK,
        SHUT_DOWN
    }

    private static final class Pool implements MailboxExecutor {
        private final Kind kind;
        private final ConcurrentLinkedQueue<Mailbox> turns = new ConcurrentLinkedQueue<>();
        private final AtomicInteger calls = new AtomicInteger();
        private final Mailbox mailbox = new Mailbox(this);
        private final int[] posted = new int[2];
        private final int[] ran = new int[2];
        private volatile boolean running;
        private volatile String wrong = "";
        private long now;

        Pool(Kind kind) {
            this.kind = kind;
        }

        void post(int poster) {
            int number = ++posted[poster];
            mailbox.post(
                    new Mailbox.Task() {
                        @Override
                        protected void run() {
                            handle(poster, number);
                        }
                    },
                    number);
            notInside();
        }

        private void handle(int poster, int number) {
            if (running) {
                wrong = "two at a time";
            }
            running = true;
            Races.spin(2);
            if (ran[poster] != number - 1) {
                wrong = "out of order";
            }
            ran[poster] = number;
            if (!mailbox.isCurrent()) {
                wrong = "not in its mailbox";
            }
            running = false;
        }

        void turn() {
            Mailbox next = turns.poll();
            for (int spins = 0; next == null && spins < 40; spins++) {
                next = turns.poll();
            }
            if (next != null) {
                next.run();
                notInside();
            }
        }

        private void notInside() {
            if (mailbox.isCurrent()) {
                wrong = "still in the mailbox";
            }
        }

        String end() {
            while (!turns.isEmpty()) {
                turn();
            }
            if (!Arrays.equals(ran, posted)) {
                return "lost: posted " + Arrays.toString(posted) + ", ran " + Arrays.toString(ran) + " " + wrong;
            }
            if (mailbox.waiting() != 0 || mailbox.waitingBytes() != 0) {
                return "left counted";
            }
            return wrong.isEmpty() ? RIGHT : wrong;
        }

        @Override
        public void execute(Mailbox mailbox, boolean again) {
            int call = calls.incrementAndGet();
            if (kind == Kind.CALLS_BACK && call % 2 == 0) {
                mailbox.run();
            } else if (kind == Kind.SHUT_DOWN && call > 2) {
                mailbox.abandon();
            } else {
                turns.add(mailbox);
                Races.spin(again ? 20 : 0); // the next turn starts before this one has returned
            }
        }

        @Override
        public long nanoTime() {
            return now += kind == Kind.POOL ? 0 : 1_000_000_000; // by the thread of the turn only
        }

        @Override
        public MailboxLimits limits() {
            return MailboxLimits.NONE;
        }
    }
}
