package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.NamespacePredicate;
import dev.sockeye.socketio.server.ParentNamespace;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of docs/namespaces.md. */
class NamespacesTest {
    private final List<String> log = new CopyOnWriteArrayList<>();

    @Test
    void namespacesAreIsolatedAndHaveTheirOwnMiddlewares() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::fixed
            Namespace orders = io.of("/orders");
            orders.onConnection(socket -> {
                socket.join("open orders");
                socket.on("order", String.class, (id, ack) -> ack.send("ordered " + id));
            });
            orders.to("open orders").emit("closing soon"); // reaches only sockets of /orders
            // end::fixed
            // tag::middleware
            Namespace admin = io.of("/admin");
            admin.use((socket, next) -> {
                if ("secret".equals(socket.handshake().auth().get("token"))) {
                    next.next();
                } else {
                    next.fail("not authorized");
                }
            });
            // end::middleware
            Client anna = server.client("/orders", Map.of());
            assertThat(anna.ask("order", "o1")).isEqualTo("[ordered o1]");
            Client refused = server.client("/admin", Map.of("token", "guessed"));
            assertThat(refused.refusal.get(10, TimeUnit.SECONDS)).contains("not authorized");
            Client unknown = server.client("/nowhere", Map.of());
            assertThat(unknown.refusal.get(10, TimeUnit.SECONDS)).contains("Invalid namespace");
            Client boss = server.client("/admin", Map.of("token", "secret"));
            await().until(boss.socket::connected);
            io.of("/admin").emit("news");
            boss.receives("news []");
            orders.emit("last");
            anna.receives("last []");
            assertThat(anna.received).doesNotContain("news []");
        }
    }

    @Test
    void dynamicNamespacesAreCreatedAndRemoved() throws Exception {
        // tag::cleanup
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .cleanupEmptyChildNamespaces(true)
                .build();
        // end::cleanup
        try (Server server = Server.started(options)) {
            SocketIoServer io = server.io;
            // tag::pattern
            ParentNamespace tenants = io.of(Pattern.compile("^/tenant-\\d+$"));
            tenants.use((socket, next) -> {
                log("to " + socket.namespaceName());
                next.next();
            });
            tenants.onConnection(socket -> {
                Namespace tenant = socket.namespace(); // /tenant-7, not the parent
                socket.on("say", String.class, text -> tenant.emit("said", text));
            });
            tenants.emit("maintenance", "at noon"); // to the sockets of all children
            // end::pattern
            // tag::listener
            io.onNewNamespace(namespace -> log("created " + namespace.name()));
            // end::listener
            Client seven = server.client("/tenant-7", Map.of());
            Client eight = server.client("/tenant-8", Map.of());
            await().until(() -> seven.socket.connected() && eight.socket.connected());
            seven.socket.emit("say", "hello");
            seven.receives("said [hello]");
            tenants.emit("maintenance", "at noon");
            seven.receives("maintenance [at noon]");
            eight.receives("maintenance [at noon]");
            assertThat(eight.received).doesNotContain("said [hello]");
            assertThat(log).contains("to /tenant-7", "created /tenant-7", "created /tenant-8");
            assertThat(tenants.children()).hasSize(2);
            seven.close();
            await().until(() -> !io.namespaces().containsKey("/tenant-7"));
        }
    }

    @Test
    void aNamespacePredicateCanBeAsynchronous() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::predicate
            io.of((name, auth) -> exists(name), socket -> socket.emit("welcome", socket.namespaceName()));
            io.of(NamespacePredicate.ofName(name -> name.startsWith("/public-")));
            // end::predicate
            Client anna = server.client("/known", Map.of());
            anna.receives("welcome [/known]");
            Client ben = server.client("/public-1", Map.of());
            await().until(ben.socket::connected);
            Client carl = server.client("/unknown", Map.of());
            assertThat(carl.refusal.get(10, TimeUnit.SECONDS)).contains("Invalid namespace");
        }
    }

    private static CompletionStage<Boolean> exists(String name) {
        return CompletableFuture.supplyAsync(() -> name.equals("/known"));
    }

    private void log(String line) {
        log.add(line);
    }
}
