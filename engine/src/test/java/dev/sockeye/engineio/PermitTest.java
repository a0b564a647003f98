package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.AllowRequest.Decision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A permit of {@code maxConnections} is released exactly once, however a handshake or session ends. */
class PermitTest {
    private static final int MOST = 3;
    private static final String WEBSOCKET = "?EIO=4&transport=websocket";

    private final List<CompletableFuture<Decision>> decisions = new ArrayList<>();
    private CompletionStage<Decision> decision = CompletableFuture.completedFuture(Decision.allow());
    private final Bench bench =
            new Bench(o -> o.maxConnections(MOST).maxConnectionsPerAddress(MOST).allowRequest(request -> decision));

    private void assertAllPlacesAreFree() {
        assertThat(bench.server.clientsCount()).isZero();
        for (int i = 0; i < MOST; i++) {
            bench.open();
        }
        assertThat(bench.handshake().status()).isEqualTo(503);
        FakeUpgrade more = bench.webSocket(null);
        assertThat(more.rejection).isNotNull();
        for (EngineSocket session : List.copyOf(bench.server.clients())) {
            session.closeNow(CloseReason.FORCED_CLOSE, null);
        }
    }

    private FakeUpgrade hosted(java.util.function.Consumer<FakeUpgrade> host) {
        return bench.upgrade(bench.loop, WEBSOCKET, host);
    }

    @Test
    void aWebSocketRefusedByTheHostReleasesItsPermit() {
        for (int i = 0; i < 2 * MOST; i++) {
            FakeUpgrade refused = hosted(upgrade -> upgrade.neverOpens = true);
            refused.end(1006, new IOException("refused"));
        }
        assertAllPlacesAreFree();
    }

    @Test
    void aSessionThatCannotBeCreatedReleasesItsPermitAndIsNotLeftWithoutAnAnswer() {
        bench.loop.failing = new LinkageError("expected in the log of this test");
        for (int i = 0; i < 2 * MOST; i++) {
            assertThat(bench.handshake().aborted).isTrue();
        }
        bench.loop.failing = null;
        assertAllPlacesAreFree();
        assertThat(bench.loop.ends()).isZero();
    }

    @Test
    void aWebSocketLostBeforeItOpensReleasesItsPermit() {
        for (int i = 0; i < 2 * MOST; i++) {
            hosted(upgrade -> upgrade.neverOpens = true).loseBeforeOpening();
        }
        assertAllPlacesAreFree();
    }

    @Test
    void aWebSocketThatOpensAfterItWasLostIsAbortedAndReleasedOnce() {
        FakeUpgrade late = hosted(upgrade -> upgrade.neverOpens = true);
        late.loseBeforeOpening();
        late.openLate();
        assertThat(late.aborted).isTrue();
        late.loseBeforeOpening();
        assertAllPlacesAreFree();
    }

    @Test
    void anExceptionInTheHostReleasesThePermit() {
        for (int i = 0; i < 2 * MOST; i++) {
            try {
                hosted(upgrade -> upgrade.refusal = new IllegalStateException("refused"));
            } catch (IllegalStateException e) {
                assertThat(e).hasMessage("refused");
            }
        }
        assertAllPlacesAreFree();
    }

    @Test
    void everyWayOfClosingASessionReleasesItsPermit() {
        String sid = bench.open();
        bench.post(sid, "1");
        bench.open();
        bench.loop.advance(1000);
        bench.poll(bench.open()).lose();
        sid = bench.open();
        bench.post(sid, "x");
        bench.webSocket(null).lose(null);
        bench.webSocket(null).text("x");
        bench.openUpgraded().lose(new IOException("reset"));
        bench.webSocket(null);
        bench.session().close();
        bench.webSocket(null);
        bench.session().closeNow(CloseReason.FORCED_CLOSE, null);
        bench.session().closeNow(CloseReason.FORCED_CLOSE, null);
        assertAllPlacesAreFree();
    }

    @Test
    void requestsThatAreNotAdmittedHoldNoPermit() {
        decision = CompletableFuture.completedFuture(Decision.refuse());
        bench.handshake();
        bench.webSocket(null);
        decision = CompletableFuture.failedFuture(new IllegalStateException("no"));
        bench.handshake();
        bench.webSocket(null);
        for (int i = 0; i < 2 * MOST; i++) {
            CompletableFuture<Decision> never = new CompletableFuture<>();
            decisions.add(never);
            decision = never;
            bench.handshake();
            bench.webSocket(null).loseBeforeOpening();
        }
        decision = CompletableFuture.completedFuture(Decision.allow());
        bench.get("?EIO=4&transport=smoke");
        bench.upgrade("?EIO=4&transport=polling");
        bench.upgrade("?EIO=2&transport=websocket");
        assertAllPlacesAreFree();
        bench.server.use((request, headers, chain) -> {});
        for (int i = 0; i < 2 * MOST; i++) {
            bench.handshake();
            bench.webSocket(null);
        }
        assertThat(bench.server.clientsCount()).isZero();
    }

    @Test
    void aPermitReleasedConcurrentlyIsReleasedOnce() throws Exception {
        ConnectionLimits connections = new ConnectionLimits(1, 1);
        for (int round = 0; round < 200; round++) {
            Permit permit = connections.enter("a");
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Thread thread = new Thread(() -> {
                    try {
                        go.await();
                        permit.release();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                thread.start();
                threads.add(thread);
            }
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            Permit next = connections.enter("a");
            AtomicInteger full = new AtomicInteger();
            try {
                connections.enter("a");
            } catch (ConnectionLimits.Full e) {
                full.incrementAndGet();
            }
            assertThat(full).hasValue(1);
            next.release();
        }
    }
}
