package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.AllowRequest.Decision;
import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.server.ServerContainer;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A WebSocket upgrade whose container fails, or whose servlet is destroyed, on the thread of the test. */
class ServletUpgradeTest {
    private CompletionStage<Decision> decision = CompletableFuture.completedFuture(Decision.allow());
    private final EngineServer engine = new EngineServer(EngineOptions.builder()
            .path("/socket.io")
            .maxConnections(1)
            .allowRequest(request -> decision)
            .build());
    private final JakartaOptions options =
            JakartaOptions.builder().executor(Runnable::run).build();
    private final LoopGroup group = new LoopGroup(options);
    private final List<String> calls = new ArrayList<>();
    private int upgrades;
    private Error failure = new LinkageError("thrown by the test");

    @AfterEach
    void close() {
        group.close(false);
    }

    @SuppressWarnings("unchecked")
    private <T> T fake(Class<T> type, Map<String, Object> values) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            calls.add(method.getName());
            if (method.getName().equals("upgradeHttpToWebSocket")) {
                upgrades++;
                throw failure;
            }
            Object value = values.get(method.getName());
            if (value == null && method.getReturnType() == int.class) {
                return 0;
            } else if (value == null && method.getReturnType() == boolean.class) {
                return false;
            }
            return value == null && method.getReturnType() == Enumeration.class
                    ? Collections.emptyEnumeration()
                    : value;
        });
    }

    private ServletUpgrade upgrade() throws Exception {
        HttpServletRequest request = fake(
                HttpServletRequest.class,
                Map.of(
                        "getMethod",
                        "GET",
                        "getRequestURI",
                        "/socket.io/",
                        "getQueryString",
                        "EIO=4&transport=websocket",
                        "getRemoteAddr",
                        "127.0.0.1",
                        "startAsync",
                        fake(AsyncContext.class, Map.of())));
        HttpServletResponse response = fake(HttpServletResponse.class, Map.of());
        ServletUpgrade upgrade = new ServletUpgrade(
                request, group.loop("127.0.0.1", 1), group, options, fake(ServerContainer.class, Map.of()), engine);
        upgrade.start(request, response);
        if (calls.contains("dispatch")) {
            upgrade.finish(request, response);
        }
        return upgrade;
    }

    @Test
    void anErrorOfTheContainerReleasesTheConnectionSlot() throws Exception {
        upgrade();
        assertThat(calls).contains("sendError");
        assertThat(group.openConnections()).isZero();
        calls.clear();
        upgrade();
        assertThat(calls).as("not refused because of maxConnections").contains("upgradeHttpToWebSocket");
        assertThat(upgrades).isEqualTo(2);
    }

    @Test
    void aLateDecisionAfterTheServletWasDestroyedReleasesTheConnectionSlot() throws Exception {
        CompletableFuture<Decision> late = new CompletableFuture<>();
        decision = late;
        ServletUpgrade upgrade = upgrade();
        upgrade.abort();
        late.complete(Decision.allow());
        decision = CompletableFuture.completedFuture(Decision.allow());
        calls.clear();
        upgrade();
        assertThat(calls).as("not refused because of maxConnections").contains("upgradeHttpToWebSocket");
    }

    @Test
    void abortNotifiesTheEngineThatTheConnectionWasLost() throws Exception {
        decision = new CompletableFuture<>();
        ServletUpgrade upgrade = upgrade();
        upgrade.onConnectionLost(() -> calls.add("lost"));
        upgrade.abort();
        assertThat(calls).contains("lost", "dispatch");
    }

    @Test
    void tasksRunOnTheCallerIfThePoolCannotStartAThread() {
        List<String> ran = new ArrayList<>();
        for (Throwable cause :
                List.of(new InternalError("no thread can be started"), new RejectedExecutionException())) {
            SerialLoop loop = new SerialLoop(
                    task -> {
                        if (cause instanceof Error error) {
                            throw error;
                        }
                        throw (RuntimeException) cause;
                    },
                    java.util.concurrent.Executors.newScheduledThreadPool(0));
            loop.execute(() -> ran.add("a"));
            loop.execute(() -> ran.add("b"));
        }
        assertThat(ran).containsExactly("a", "b", "a", "b");
    }

    @Test
    void aDurationThatIsTooLongIsRefusedWithItsName() {
        Duration forever = ChronoUnit.FOREVER.getDuration();
        assertThatThrownBy(() -> JakartaOptions.builder().closeTimeout(forever).build())
                .hasMessageStartingWith("closeTimeout must be at most 26000 days");
        assertThatThrownBy(() ->
                        JakartaOptions.builder().upgradeDecisionTimeout(forever).build())
                .hasMessageStartingWith("upgradeDecisionTimeout must be at most 26000 days");
        assertThatThrownBy(() -> JakartaOptions.builder().maxReadPause(forever).build())
                .hasMessageStartingWith("maxReadPause must be at most 26000 days");
    }
}
