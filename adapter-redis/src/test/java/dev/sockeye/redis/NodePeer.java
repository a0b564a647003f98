package dev.sockeye.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The official server. */
final class NodePeer implements Peer {
    private final NodeProcess node;
    private final int index;
    private final int port;

    NodePeer(NodeProcess node, String kind, int redis, Map<String, ?> options, @Nullable Object recovery) {
        this.node = node;
        List<String> namespaces = List.of("/custom");
        Map<String, Object> made = node.map(
                "listen",
                "kind",
                kind,
                "redis",
                redis,
                "options",
                options,
                "namespaces",
                namespaces,
                "recovery",
                recovery);
        index = ((Number) made.get("index")).intValue();
        port = ((Number) made.get("port")).intValue();
    }

    @Override
    public int port() {
        return port;
    }

    static List<Object> chain(To to) {
        List<Object> chain = new ArrayList<>();
        if (!to.rooms().isEmpty()) {
            chain.add(List.of("to", to.rooms()));
        }
        if (!to.except().isEmpty()) {
            chain.add(List.of("except", to.except()));
        }
        if (to.local()) {
            chain.add(List.of("local"));
        }
        return chain;
    }

    static List<Object> all(String event, Object... args) {
        List<Object> all = new ArrayList<>(List.of(event));
        all.addAll(Arrays.asList(args));
        return all;
    }

    private Object call(To to, List<Object> chain, String method, List<?> args) {
        return node.ask("call", "server", index, "nsp", to.namespace(), "chain", chain, "method", method, "args", args);
    }

    @Override
    public void emit(To to, String event, Object... args) {
        call(to, chain(to), "emit", all(event, args));
    }

    private static Answers answers(Object result) {
        if (result instanceof Map<?, ?> failed) {
            Object responses = NodeProcess.unpack(failed.get("responses"));
            return new Answers(
                    responses instanceof List<?> list ? list : List.of(), String.valueOf(failed.get("error")));
        }
        return new Answers((List<?>) NodeProcess.unpack(result), null);
    }

    @Override
    public Answers emitWithAck(To to, Duration timeout, String event, Object... args) {
        List<Object> chain = chain(to);
        chain.add(List.of("timeout", timeout.toMillis()));
        return answers(call(to, chain, "emitWithAck", all(event, args)));
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<Map<String, Object>> fetchSockets(To to) {
        return (List<Map<String, Object>>) call(to, chain(to), "fetchSockets", List.of());
    }

    @Override
    public void join(To to, String... rooms) {
        call(to, chain(to), "socketsJoin", List.of(List.of(rooms)));
    }

    @Override
    public void leave(To to, String... rooms) {
        call(to, chain(to), "socketsLeave", List.of(List.of(rooms)));
    }

    @Override
    public void disconnect(To to, boolean close) {
        call(to, chain(to), "disconnectSockets", List.of(close));
    }

    @Override
    public void serverSideEmit(String event, Object... args) {
        call(To.ALL, List.of(), "serverSideEmit", all(event, args));
    }

    @Override
    public Answers serverSideEmitWithAck(String event, Object... args) {
        return answers(call(To.ALL, List.of(), "serverSideEmitWithAck", all(event, args)));
    }

    @Override
    public void answer(String event, Object value, boolean silent) {
        node.ask("answer", "server", index, "event", event, "value", value, "silent", silent);
    }

    @Override
    public List<?> serverEvents() {
        return node.list("serverEvents", "server", index);
    }

    @Override
    @SuppressWarnings("unchecked")
    public List<String> allRooms() {
        return (List<String>) node.ask("allRooms", "server", index);
    }

    @Override
    public int serverCount() {
        return ((Number) node.ask("serverCount", "server", index)).intValue();
    }

    @Override
    public void close() {
        node.ask("close", "server", index);
    }

    @Override
    public String toString() {
        return "Node " + index;
    }
}
