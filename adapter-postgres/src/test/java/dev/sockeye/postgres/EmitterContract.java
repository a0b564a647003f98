package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.postgres.Peer.To;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** What emitters do for a cluster of Java and Node servers, each way. */
abstract class EmitterContract extends MixedClusterContract {
    /** One call of an emitter. */
    interface Sender {
        void call(String namespace, To to, String method, Object... args);
    }

    abstract List<Sender> senders() throws Exception;

    void each(Consumer<Sender> test) throws Exception {
        for (Sender sender : senders()) {
            test.accept(sender);
        }
    }

    void expectFrom(Sender sender, List<?> event, int... receivers) {
        expect(() -> sender.call("/", To.ALL, "emit", "end"), "an emitter", event, receivers);
    }

    void broadcasts(Sender sender) {
        sender.call("/", To.ALL, "emit", "all", 1, "2", new byte[] {1, 2});
        expectFrom(sender, List.of("all", 1, "2", "bin:0102"), 0, 1, 2, 3);
        cluster.send(1, "join", "r1");
        cluster.send(2, "join", "r1");
        sender.call("/", To.room("r1"), "emit", "room");
        expectFrom(sender, List.of("room"), 1, 2);
        sender.call("/", To.except("r1"), "emit", "except");
        expectFrom(sender, List.of("except"), 0, 3);
        sender.call("/", To.room(cluster.ids.get(3)), "emit", "one");
        expectFrom(sender, List.of("one"), 3);
    }

    void namespaces(Sender sender) {
        int java = cluster.client(peers().get(0).url() + "/custom", Map.of());
        int node = cluster.client(peers().get(3).url() + "/custom", Map.of());
        sender.call("/custom", To.ALL, "emit", "there");
        assertThat(cluster.received(java, 1)).isEqualTo(List.of(List.of("there")));
        assertThat(cluster.received(node, 1)).isEqualTo(List.of(List.of("there")));
        expectFrom(sender, List.of());
    }

    void moves(Sender sender) {
        sender.call("/", To.ALL, "socketsJoin", List.of("e1"));
        eventually(() -> in(0, "e1") && in(1, "e1") && in(2, "e1") && in(3, "e1"), true);
        sender.call("/", To.room(cluster.ids.get(0)), "socketsJoin", List.of("e2"));
        eventually(() -> in(0, "e2"), true);
        sender.call("/", To.room("e2"), "socketsJoin", List.of("e3"));
        eventually(() -> in(0, "e3"), true);
        assertThat(in(1, "e3") || in(2, "e2")).isFalse();
        sender.call("/", To.room(cluster.ids.get(0)), "socketsLeave", List.of("e3"));
        eventually(() -> in(0, "e3"), false);
        sender.call("/", To.room("e2"), "socketsLeave", List.of("e2"));
        eventually(() -> in(0, "e2"), false);
        sender.call("/", To.ALL, "socketsLeave", List.of("e1"));
        eventually(() -> in(0, "e1") || in(1, "e1") || in(2, "e1") || in(3, "e1"), false);
    }

    void tells(Sender sender) {
        String event = "told " + sender.hashCode();
        peers().forEach(peer -> peer.answer(event, "unused", true));
        sender.call("/", To.ALL, "serverSideEmit", event, 1);
        for (Peer peer : peers()) {
            eventually(peer::serverEvents, List.of(List.of(event, 1)));
        }
    }

    void disconnects(Sender sender) {
        sender.call("/", To.ALL, "disconnectSockets", true);
        for (int i = 0; i < 4; i++) {
            assertThat(((List<?>) cluster.received(i, 1).get(0)).get(0)).isEqualTo("(disconnect)");
        }
        cluster.reconnectAll();
    }

    /** The official emitter; each call returns when PostgreSQL has accepted the message. */
    Sender official() {
        Object emitter = cluster.node.ask("emitter", "url", postgres.url(database));
        return (namespace, to, method, args) -> cluster.node.ask(
                "emitCall",
                "emitter",
                emitter,
                "nsp",
                namespace.equals("/") ? null : namespace,
                "chain",
                NodePeer.chain(to),
                "method",
                method,
                "args",
                List.of(args));
    }

    static Sender ours(Emitter emitter) {
        return (namespace, to, method, args) -> {
            Emitter target = emitter.of(namespace)
                    .to(to.rooms().toArray(new String[0]))
                    .except(to.except().toArray(new String[0]));
            (switch (method) {
                        case "emit" -> target.emit((String) args[0], rest(args));
                        case "serverSideEmit" -> target.serverSideEmit((String) args[0], rest(args));
                        case "socketsJoin" -> target.socketsJoin(names(args[0]));
                        case "socketsLeave" -> target.socketsLeave(names(args[0]));
                        default -> target.disconnectSockets((boolean) args[0]);
                    })
                    .join();
        };
    }

    private static Object[] rest(Object[] args) {
        return List.of(args).subList(1, args.length).toArray();
    }

    private static String[] names(Object list) {
        return ((List<?>) list).stream().map(String::valueOf).toArray(String[]::new);
    }
}
