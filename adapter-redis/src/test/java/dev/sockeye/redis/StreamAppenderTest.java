package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Adds to a stream of a Redis that rejects the commands. */
class StreamAppenderTest {
    private final RejectingConnections wires = new RejectingConnections();
    private final RedisLink link = new RedisLink((resources, opening, timers) -> wires);
    private final StreamAppender line = new StreamAppender(link, "stream", RedisStreamsAdapterOptions.defaults());

    @BeforeEach
    void open() {
        link.retain().join();
    }

    @AfterEach
    void close() {
        link.release().join();
    }

    @Test
    void redisCommandsAndEntryCallbacksRunWithoutHoldingALock() {
        List<Boolean> locked = new CopyOnWriteArrayList<>();
        wires.onCommand = () -> locked.add(Thread.holdsLock(line) || Thread.holdsLock(link));
        line.add(Map.of("type", "3"), true, offset -> locked.add(Thread.holdsLock(line)));
        link.onDisconnected("expected in the log of this test");
        Awaiting.until(() -> locked.size() >= 2);
        assertThat(locked).containsOnly(false);
    }

    /** A rejected command completes immediately: its entry needs a lock whose owner waits for the appender. */
    @Test
    void anEntryCallbackThatNeedsALockDoesNotDeadlockWithItsHolder() throws Exception {
        Object delivery = new Object();
        CountDownLatch inCommand = new CountDownLatch(1);
        CountDownLatch held = new CountDownLatch(1);
        wires.onCommand = () -> {
            inCommand.countDown();
            await(held);
            link.onDisconnected("expected in the log of this test"); // so that its entries run here
        };
        CountDownLatch ran = new CountDownLatch(1);
        Thread adding = new Thread(() -> line.add(Map.of("type", "3"), true, offset -> {
            synchronized (delivery) {
                ran.countDown();
            }
        }));
        adding.setDaemon(true);
        adding.start();
        await(inCommand);
        CountDownLatch returned = new CountDownLatch(1);
        Thread reading = new Thread(() -> {
            synchronized (delivery) {
                held.countDown();
                line.returned("77");
                returned.countDown();
            }
        });
        reading.setDaemon(true);
        reading.start();
        assertThat(returned.await(10, TimeUnit.SECONDS))
                .as("the reader continues")
                .isTrue();
        assertThat(ran.await(10, TimeUnit.SECONDS)).as("the entry ran").isTrue();
    }

    /** As when the stream is not read for some time: the events wait here for their turn. */
    @Test
    void entriesAcceptedByRedisButNotReadBackAreBoundedInBytes() {
        wires.answer = "1-1";
        String text = "x".repeat(1024 * 1024);
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 80; i++) {
            int number = i;
            line.add(Map.of("data", text), true, offset -> ran.add(number));
            assertThat(line.bytes()).isLessThanOrEqualTo(64L * 1024 * 1024);
        }
        assertThat(ran)
                .as("the callbacks of entries over the limit run immediately")
                .hasSizeGreaterThanOrEqualTo(63)
                .isSorted();
        for (int i = 0; i <= 100; i++) {
            line.returned(Integer.toString(i));
        }
        assertThat(line.bytes()).as("all bytes are released").isZero();
    }

    @Test
    void entriesWaitingForRedisAreBoundedInNumber() {
        wires.opening = new CompletableFuture<>();
        link.onDisconnected("expected in the log of this test");
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 50_100; i++) {
            int number = i;
            line.add(Map.of("type", "3"), true, offset -> ran.add(number));
        }
        assertThat(line.unsent()).isEqualTo(50_000);
        assertThat(link.health(0).lost()).isEqualTo(100);
        assertThat(ran).as("the callbacks run nevertheless").hasSize(50_100).isSorted();
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(10, TimeUnit.SECONDS)) {
                throw new AssertionError("not in time");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anErrorInOneLocalEntryDoesNotStopTheOthers() {
        List<String> applied = new CopyOnWriteArrayList<>();
        link.onDisconnected("expected in the log of this test");
        line.add(Map.of("type", "3"), true, offset -> {
            line.add(Map.of("type", "3"), true, ignored -> applied.add("second"));
            throw new StackOverflowError("expected in the log of this test");
        });
        assertThat(applied).containsExactly("second");
    }

    @Test
    void callbacksOfEntriesRejectedByRedisRunInOrder() throws Exception {
        List<Integer> order = new CopyOnWriteArrayList<>();
        link.onDisconnected("expected in the log of this test");
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            int first = t * 1_000;
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 500; i++) {
                    int number = first + i;
                    line.add(Map.of("type", "3"), true, offset -> order.add(number));
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(20_000);
        }
        Awaiting.until(() -> order.size() == 1_000);
        assertThat(order.stream().filter(number -> number < 1_000)).isSorted();
        assertThat(order.stream().filter(number -> number >= 1_000)).isSorted();
    }

    /** The link drops its timers when it is closed, among them the pause after a rejected entry. */
    @Test
    void entriesAreSentAfterARestartDuringAPause() {
        wires.rejection = new RedisCommandExecutionException("OOM, expected in the log of this test");
        line.add(Map.of("type", "3"), false, offset -> {});
        Awaiting.until(() -> line.unsent() == 1);
        link.release().join();
        wires.answer = "1-1";
        link.retain().join();
        line.add(Map.of("type", "3"), false, offset -> {});

        Awaiting.until(() -> line.queued() == 0);
    }

    /** As with many servers that are busy: each look-up finds a full page. */
    @Test
    void theLookUpOfUncertainEntriesEndsWhileOthersAddMoreThanItReads() {
        line.add(Map.of("type", "3"), false, offset -> {});
        Awaiting.until(() -> line.unsent() == 1);
        TreeMap<Long, StreamMessage<byte[], byte[]>> entries = new TreeMap<>();
        AtomicInteger lookUps = new AtomicInteger();
        wires.stream = (range, limit) -> {
            lookUps.incrementAndGet();
            for (int i = 0; i < 600; i++) {
                long time = entries.size() + 1L;
                entries.put(
                        time,
                        new StreamMessage<>(
                                RedisLink.bytes("stream"),
                                time + "-0",
                                Map.of(RedisLink.bytes("type"), RedisLink.bytes("3"))));
            }
            long from = time(range.getLower().getValue(), 0);
            long to = time(range.getUpper().getValue(), Long.MAX_VALUE);
            boolean backwards = lookUps.get() == 1 ? from < 600 && to == Long.MAX_VALUE : to < Long.MAX_VALUE;
            NavigableMap<Long, StreamMessage<byte[], byte[]>> some =
                    entries.subMap(from, true, Math.max(from, to), true);
            return (backwards ? some.descendingMap() : some)
                    .values().stream().limit(limit.getCount()).toList();
        };
        wires.answer = "999999-0";

        Awaiting.until(() -> line.queued() == 0);
        assertThat(lookUps.get()).isLessThan(5);
    }

    /** The connection was lost before the answer, and the last client of the namespace has left meanwhile. */
    @Test
    void anEntryOfAClosedNamespaceThatWasAddedIsNotAddedAgain() {
        line.add(Map.of("uid", "me", "nsp", "/closed", "type", "3"), false, offset -> {});
        Awaiting.until(() -> line.unsent() == 1);
        wires.range = List.of(new StreamMessage<>(
                RedisLink.bytes("stream"),
                "1-1",
                Map.of(
                        RedisLink.bytes("uid"), RedisLink.bytes("me"),
                        RedisLink.bytes("nsp"), RedisLink.bytes("/closed"),
                        RedisLink.bytes("seq"), RedisLink.bytes("1"))));
        Awaiting.until(() -> line.queued() == 0); // all other commands are rejected
    }

    private static long time(@Nullable String id, long without) {
        return id == null || id.length() == 1 ? without : Long.parseLong(id.replaceAll("-.*", ""));
    }
}
