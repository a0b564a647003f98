package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The order in which clients receive broadcasts of several threads, while sockets join and leave the room. */
class BroadcastOrderTest {
    private static final int THREADS = 3;
    private static final int EVENTS = 400;

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<FakeClient> clients = new ArrayList<>();

    private TestServer server(boolean recovery) {
        TestServer server = new TestServer(options -> options.connectionStateRecovery(recovery));
        server.io.onConnection(sockets::add);
        for (int i = 0; i < 4; i++) {
            clients.add(server.connect());
            sockets.get(i).join("room");
        }
        server.loop.run();
        clients.forEach(FakeClient::messages);
        server.loop.delayExecute(() -> {
            if (ThreadLocalRandom.current().nextInt(8) == 0) {
                LockSupport.parkNanos(1);
            }
        });
        return server;
    }

    private List<List<String>> broadcastWhileSocketsMove(TestServer server) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            String name = "t" + t;
            threads.add(new Thread(() -> {
                for (int i = 0; i < EVENTS; i++) {
                    server.io.to("room").emit(name, i);
                }
            }));
        }
        threads.add(new Thread(() -> {
            for (int i = 0; i < EVENTS; i++) {
                for (Socket moving : sockets.subList(2, 4)) {
                    moving.leave("room");
                    moving.join("room");
                }
            }
        }));
        threads.forEach(Thread::start);
        while (threads.stream().anyMatch(Thread::isAlive)) {
            server.loop.run();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        server.loop.run();
        return clients.stream().map(FakeClient::messages).toList();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aBroadcastToALoopThatHasEndedCountsNoBytes(boolean recovery) throws InterruptedException {
        TestServer server = server(recovery);
        server.loop.delayExecute(() -> {
            throw new RejectedExecutionException("the loop has ended");
        });
        Thread other = new Thread(() -> server.io.to("room").emit("lost", "x".repeat(5_000)));
        other.start();
        other.join();
        assertThat(sockets)
                .allSatisfy(socket -> assertThat(socket.bufferedBytes()).isZero());
    }

    /** The name of the thread and the number of an event, such as {@code t0 17}. */
    private static String event(String message) {
        String[] parts = message.substring(message.indexOf('[') + 1).split("[,\\]]", -1);
        return parts[0].replace("\"", "") + " " + parts[1];
    }

    /** The number in the offset of an event: the order in which the adapter has stored it. */
    private static long offset(String message) {
        String offset = message.substring(message.lastIndexOf('"', message.length() - 3) + 1, message.length() - 2);
        return Long.parseLong(offset.substring(offset.indexOf('.') + 1), 36);
    }

    private static void assertOrderOfEachThread(List<String> events) {
        Map<String, Integer> last = new HashMap<>();
        for (String event : events) {
            String[] parts = event.split(" ", -1);
            int number = Integer.parseInt(parts[1]);
            Integer before = last.put(parts[0], number);
            assertThat(number).as("%s after %s", event, before).isGreaterThan(before == null ? -1 : before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachClientReceivesTheEventsOfEachThreadInOrderExactlyOnce(boolean recovery) throws InterruptedException {
        List<List<String>> received = broadcastWhileSocketsMove(server(recovery));
        for (List<String> messages : received) {
            assertOrderOfEachThread(
                    messages.stream().map(BroadcastOrderTest::event).toList());
        }
        assertThat(received.get(0)).hasSize(THREADS * EVENTS);
        assertThat(received.get(1)).hasSize(THREADS * EVENTS);
    }

    @Test
    void withRecoveryAllClientsReceiveTheEventsInTheSameOrder() throws InterruptedException {
        List<List<String>> received = broadcastWhileSocketsMove(server(true));
        assertThat(received.get(1)).isEqualTo(received.get(0));
        // a client that reconnects sends only the last offset that it has received
        assertThat(received.get(0).stream().map(BroadcastOrderTest::offset)).isSorted();
        Map<String, Integer> place = new HashMap<>();
        for (String message : received.get(0)) {
            place.put(message, place.size());
        }
        for (List<String> moved : received.subList(2, 4)) {
            assertThat(moved.stream().map(place::get))
                    .doesNotContainNull()
                    .isSorted()
                    .doesNotHaveDuplicates();
        }
    }

    /** The loop and another thread continue at each step of the thread that lets a socket join. */
    @Test
    void noBroadcastReachesAClientBeforeItsConnectPacket() throws InterruptedException {
        Queue<Runnable> pool = new ConcurrentLinkedQueue<>();
        TestServer server = new TestServer(options -> options.execution(HandlerExecution.pool(pool::add)));
        FakeClient client = server.open();
        client.text("40");
        Semaphore step = new Semaphore(0);
        Semaphore go = new Semaphore(0);
        server.loop.delayExecute(() -> {
            step.release();
            go.acquireUninterruptibly();
        });
        Thread joining = new Thread(() -> {
            for (Runnable task = pool.poll(); task != null; task = pool.poll()) {
                task.run();
            }
            step.release(1_000);
        });
        joining.start();
        for (int i = 0; i < 10; i++) {
            step.acquireUninterruptibly();
            server.loop.run();
            server.io.emit("news");
            go.release();
        }
        joining.join();
        List<String> received = client.messages();
        assertThat(received.get(0)).startsWith("40{");
        assertThat(received).endsWith("42[\"news\"]");
    }
}
