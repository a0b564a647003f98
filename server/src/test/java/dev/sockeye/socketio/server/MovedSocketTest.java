package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.Adapter;
import dev.sockeye.socketio.adapter.AdapterNamespace;
import dev.sockeye.socketio.adapter.InMemoryAdapter;
import dev.sockeye.socketio.adapter.LocalSocket;
import dev.sockeye.socketio.adapter.Session;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Sockets whose clients have recovered their sessions on another server, in the middle of what else happens. */
class MovedSocketTest {
    private final Map<String, AdapterNamespace> namespaces = new HashMap<>();
    private final List<String> calls = new ArrayList<>();
    private final Deque<Runnable> pool = new ArrayDeque<>();
    private final TestServer server = new TestServer(options -> options.connectionStateRecovery(true)
            .execution(HandlerExecution.pool(pool::add))
            .adapter(namespace -> {
                namespaces.put(namespace.name(), namespace);
                Adapter real = new InMemoryAdapter(namespace);
                return (Adapter) Proxy.newProxyInstance(
                        getClass().getClassLoader(), new Class<?>[] {Adapter.class}, (proxy, method, args) -> {
                            switch (method.getName()) {
                                case "persistSession" -> calls.add("persist " + ((Session) args[0]).pid());
                                case "forgetSession" -> calls.add("forget " + args[1]);
                                case "restoreSession" -> calls.add("restore " + args[0]);
                                default -> {}
                            }
                            try {
                                return method.invoke(real, args);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }));

    private void runAll() {
        while (!pool.isEmpty()) {
            pool.remove().run();
        }
        server.loop.run();
    }

    private String connect(FakeClient client, String packet) {
        client.text(packet);
        runAll();
        return client.next();
    }

    private LocalSocket socket(String namespace, String hello) {
        LocalSocket socket = Objects.requireNonNull(namespaces.get(namespace)).socket(FakeClient.sid(hello));
        return Objects.requireNonNull(socket);
    }

    /** Official clients do not reconnect after a DISCONNECT packet, and the sockets of other namespaces could not be recovered any more. */
    @Test
    void theConnectionOfASocketThatHasMovedIsClosedAsIfItWereLost() {
        server.io.of("/other").onConnection(socket -> {});
        List<String> ends = new ArrayList<>();
        server.io.onConnection(
                socket -> socket.onDisconnect((reason, details) -> ends.add(reason + ": " + details.description())));
        FakeClient client = server.open();
        String hello = connect(client, "40");
        String other = connect(client, "40/other,");
        socket("/", hello).moved();
        runAll();
        assertThat(client.messages()).isEmpty();
        assertThat(client.closed()).isTrue();
        assertThat(ends).containsExactly("forced server close: the client has recovered on another server");
        assertThat(calls)
                .containsExactlyInAnyOrder("forget " + FakeClient.pid(hello), "persist " + FakeClient.pid(other));
    }

    @Test
    void aRequestThatWaitedForAStuckHandlerDoesNotTakeASessionBackThatHasMovedMeanwhile() {
        FakeClient old = server.open();
        String hello = connect(old, "40");
        old.text("42[\"stuck\"]");
        Runnable stuck = pool.remove();
        FakeClient late = server.open();
        late.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        pool.remove().run();
        socket("/", hello).moved();
        stuck.run();
        runAll();
        assertThat(FakeClient.pid(late.next())).isNotEqualTo(FakeClient.pid(hello));
        assertThat(calls).doesNotContain("restore " + FakeClient.pid(hello));
    }

    @Test
    void aRequestThatArrivesAfterTheSessionHasMovedMayTakeItBack() {
        FakeClient old = server.open();
        String hello = connect(old, "40");
        old.text("42[\"stuck\"]");
        Runnable stuck = pool.remove();
        socket("/", hello).moved();
        FakeClient back = server.open();
        back.text("40{\"pid\":\"" + FakeClient.pid(hello) + "\"}");
        pool.remove().run();
        stuck.run();
        runAll();
        assertThat(calls).contains("restore " + FakeClient.pid(hello));
    }

    @Test
    void aRequestThatIsHandledAfterTheEndOfItsConnectionDoesNotTakeTheSession() {
        FakeClient late = server.open();
        late.text("40{\"pid\":\"abc\"}");
        Runnable waiting = pool.remove();
        late.drop();
        waiting.run();
        runAll();
        assertThat(calls).isEmpty();
    }
}
