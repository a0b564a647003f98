package dev.sockeye.postgres;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;

/** Servers around one PostgreSQL with official clients. In the mixed clusters 0 and 1 are Java, 2 and 3 Node, one client on each. */
final class Cluster implements AutoCloseable {
    final NodeProcess node = new NodeProcess();
    final List<Peer> peers = new ArrayList<>();
    final List<String> ids = new ArrayList<>();
    private final List<Integer> clients = new ArrayList<>();

    Cluster() throws Exception {}

    int client(String url, Object options) {
        Map<String, Object> made = node.map("connect", "url", url, "options", options);
        ids.add((String) made.get("id"));
        clients.add(((Number) made.get("index")).intValue());
        return clients.size() - 1;
    }

    void clientOfEach() {
        peers.forEach(peer -> client(peer.url(), Map.of()));
    }

    /** Waits until each server finds the clients of all servers. */
    void ready() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .ignoreExceptions()
                .until(() -> peers.stream()
                        .allMatch(peer -> peer.fetchSockets(Peer.To.ALL).size() == clients.size()));
    }

    /** Returns the events that a client received since the last call; waits for at least this number. */
    List<Object> received(int client, int number) {
        List<Object> all = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(10))
                .until(() -> {
                    all.addAll(node.list("events", "client", clients.get(client)));
                    return all.size() >= number;
                });
        return all;
    }

    void reply(int client, Object value) {
        node.ask("reply", "client", clients.get(client), "value", value);
    }

    void noReply(int client) {
        node.ask("reply", "client", clients.get(client));
    }

    void send(int client, String event, Object... args) {
        node.ask("send", "client", clients.get(client), "event", event, "args", List.of(args), "ack", true);
    }

    Map<String, Object> status(int client) {
        return node.map("status", "client", clients.get(client));
    }

    /** The client loses its connection and reconnects to a server. */
    void drop(int client, String url) {
        node.ask("drop", "client", clients.get(client), "url", url);
    }

    void leave(int client) {
        node.ask("disconnect", "client", clients.get(client));
    }

    /** The client reconnects. */
    void comeBack(int client) {
        node.ask("comeBack", "client", clients.get(client));
    }

    /** After a disconnect by a server, a client does not reconnect automatically. */
    void reconnectAll() {
        for (int i = 0; i < 4; i++) {
            Map<String, Object> made = node.map("again", "client", clients.get(i));
            ids.set(i, (String) made.get("id"));
        }
    }

    @Override
    public void close() {
        for (Peer peer : peers) {
            try {
                peer.close();
            } catch (RuntimeException | AssertionError e) {
                // closed by the test, or its PostgreSQL is not running
            }
        }
        node.close();
    }
}
