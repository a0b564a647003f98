package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Events of other servers, on an executor of several threads or one that sometimes rejects tasks. */
class ServerSideEventsTest {
    private static final int EVENTS = 5_000;

    private final InProcessBroker broker = new InProcessBroker();
    private final TestServer sender =
            new TestServer(options -> options.adapter(broker.adapters(ClusterOptions.defaults())));

    private TestServer receiver(HandlerExecution execution) {
        TestServer made = new TestServer(options ->
                options.adapter(broker.adapters(ClusterOptions.defaults())).execution(execution));
        settle(made);
        return made;
    }

    private void settle(TestServer... more) {
        for (int i = 0; i < 3; i++) {
            sender.loop.advance(Duration.ofMillis(1));
            for (TestServer one : more) {
                one.loop.advance(Duration.ofMillis(1));
            }
        }
    }

    @Test
    void eventsAreReceivedInTheOrderInWhichTheyWereSent() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            TestServer receiver = receiver(HandlerExecution.pool(pool));
            List<Object> got = new CopyOnWriteArrayList<>();
            CountDownLatch last = new CountDownLatch(1);
            receiver.io.of("/").onServerSideEvent("e", (args, ack) -> {
                got.add(args.get(0));
                if (got.size() == EVENTS) {
                    last.countDown();
                }
            });
            List<Object> sent = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                sent.add(i);
                if (i % 2 == 0) {
                    sender.io.of("/").serverSideEmit("e", i);
                } else {
                    var unused = sender.io.of("/").serverSideEmitWithAck("e", i);
                }
            }
            assertThat(last.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(got).isEqualTo(sent);
        } finally {
            pool.shutdownNow();
        }
    }

    @Test
    void aListenerIsNotReenteredByAnEventItTriggers() {
        TestServer receiver = receiver(HandlerExecution.eventLoop());
        List<String> seen = new ArrayList<>();
        receiver.io.of("/").onServerSideEvent("e", (args, ack) -> {
            seen.add("begin " + args.get(0));
            if (args.get(0).equals(1)) {
                sender.io.of("/").serverSideEmit("e", 2);
            }
            seen.add("end " + args.get(0));
        });
        sender.io.of("/").serverSideEmit("e", 1);
        assertThat(seen).containsExactly("begin 1", "end 1", "begin 2", "end 2");
    }

    /** A pool with a bounded queue that is sometimes full. */
    private static final class FullPool {
        final Queue<Runnable> accepted = new ArrayDeque<>();
        boolean full;

        HandlerExecution execution() {
            return HandlerExecution.pool(task -> {
                if (full) {
                    throw new RejectedExecutionException("expected in the log of this test");
                }
                accepted.add(task);
            });
        }

        void work() {
            for (Runnable task = accepted.poll(); task != null; task = accepted.poll()) {
                task.run();
            }
        }
    }

    @Test
    void eventsAreDelayedButNotLostWhenTheExecutorIsFull() {
        FullPool pool = new FullPool();
        TestServer receiver = receiver(pool.execution());
        List<Object> got = new ArrayList<>();
        receiver.io.of("/").onServerSideEvent("e", (args, ack) -> {
            got.add(args.get(0));
            ack.send("answer");
        });
        pool.full = true;
        sender.io.of("/").serverSideEmit("e", 1);
        CompletableFuture<List<Arguments>> answers = sender.io.of("/").serverSideEmitWithAck("e", 2);
        sender.io.of("/").serverSideEmit("e", 3);
        pool.full = false;
        receiver.loop.advance(Duration.ofMillis(20));
        pool.work();
        settle(receiver);
        assertThat(got).containsExactly(1, 2, 3);
        assertThat(answers.join()).extracting(args -> args.get(0)).containsExactly("answer");
    }

    @Test
    void clusterRequestsCompleteAfterTheExecutorWasFull() {
        FullPool pool = new FullPool();
        TestServer asking = receiver(pool.execution());
        pool.work();
        pool.full = true;
        CompletableFuture<List<RemoteSocket>> found = asking.io.of("/").fetchSockets();
        settle(asking);
        pool.full = false;
        asking.loop.advance(Duration.ofMillis(20));
        pool.work();
        assertThat(found).isCompletedWithValue(List.of());
        pool.full = true;
        broker.down = true;
        CompletableFuture<List<RemoteSocket>> late = asking.io.of("/").fetchSockets();
        asking.loop.advance(Duration.ofSeconds(6));
        pool.full = false;
        asking.loop.advance(Duration.ofMillis(20));
        pool.work();
        assertThat(late).isCompletedExceptionally();
    }

    @Test
    void theNewestEventsAreDroppedWhenTheQueueIsFull() {
        FullPool pool = new FullPool();
        TestServer receiver = receiver(pool.execution());
        List<Object> got = new ArrayList<>();
        receiver.io.of("/").onServerSideEvent("e", (args, ack) -> got.add(args.get(0)));
        for (int i = 0; i < 10_000 + 100; i++) {
            sender.io.of("/").serverSideEmit("e", i);
        }
        pool.work();
        assertThat(got).hasSize(10_000).startsWith(0, 1, 2);
    }

    @Test
    void anAnswerThatCannotBeSentDoesNotStopTheFollowingEvents() {
        AtomicReference<AdapterNamespace> namespace = new AtomicReference<>();
        TestServer server = new TestServer(options -> options.adapter(given -> {
            namespace.set(given);
            return new InMemoryAdapter(given);
        }));
        List<Object> got = new ArrayList<>();
        server.io.of("/").onServerSideEvent("e", (args, ack) -> {
            got.add(args.get(0));
            throw new IllegalStateException("expected in the log of this test");
        });
        namespace.get().onServerSideEmit("e", Arguments.of(1), answer -> {
            throw new IllegalStateException("expected in the log of this test: the broker is unavailable");
        });
        server.loop.run();
        namespace.get().onServerSideEmit("e", Arguments.of(2), null);
        server.loop.run();
        assertThat(got).containsExactly(1, 2);
    }

    @Test
    void aListenerCanAnswerAgainAfterAnAnswerThatCannotBeEncoded() {
        TestServer receiver = receiver(HandlerExecution.eventLoop());
        receiver.io.of("/").onServerSideEvent("e", (args, ack) -> ack.send(new Broken()));
        CompletableFuture<List<Arguments>> answers = sender.io.of("/").serverSideEmitWithAck("e", 1);
        settle(receiver);
        assertThat(answers).isCompleted();
        assertThat(answers.join()).extracting(args -> args.get(0)).containsExactly(Map.of("error", "internal error"));
    }

    /** Its getter fails with an error. */
    static final class Broken {
        public String getText() {
            throw new AssertionError("expected in the log of this test");
        }
    }
}
