package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.RemoteSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Operations on some of the sockets, and the order of messages that an adapter may send in different ways. */
abstract class TargetsContract extends OperationsContract {
    private static final int SOME = 60;

    private static Set<String> found(BroadcastOperator target) {
        return TestServer.await(target.timeout(ClusterAdapterContract.OPTIONS.requestsTimeout())
                        .fetchSockets())
                .stream()
                .map(RemoteSocket::id)
                .collect(Collectors.toSet());
    }

    @Test
    void smallLargeAndBinaryEventsArriveInOrder() throws Exception {
        String large = "x".repeat(20_000);
        List<Object> arguments = List.of("small", new byte[100], large);
        TestServer sender = servers.get(1);
        for (int i = 0; i < SOME; i++) {
            sender.io.emit("event", i, arguments.get(i % arguments.size()));
        }
        List<Object> all = IntStream.range(0, SOME).<Object>mapToObj(i -> i).toList();
        assertReceived(sender, Map.of(0, all, 1, all, 2, all));
    }

    @Test
    void fetchSocketsAndEmitWithAckRespectExcept() {
        setRooms();
        for (int i = 0; i < clients.size(); i++) {
            clients.get(i).reply(i);
        }
        for (TestServer sender : servers) {
            assertThat(found(sender.io.except("a"))).containsExactly(id(2));
            assertThat(found(sender.io.to("a").except("b"))).containsExactly(id(0));
            assertThat(TestServer.firsts(TestServer.await(
                            sender.io.except("a").timeout(TestServer.PATIENCE).emitWithAck("event", "ack"))))
                    .containsExactly(2);
        }
        clearRooms();
    }

    @Test
    void disconnectSocketsDisconnectsOnlyMatchingSockets() throws Exception {
        setRooms();
        TestServer sender = servers.get(2);
        sender.io.to("a").except("b").disconnectSockets(false);
        until(() -> !clients.get(0).socket.connected());
        TestClient.end(sender);
        for (int i = 1; i < clients.size(); i++) {
            assertThat(clients.get(i).labels()).isEmpty(); // it still receives the end event
        }
        clients.get(0).socket.connect();
        settle();
        clearRooms();
    }

    @Test
    void serverSideEventsArriveInOrderAndStayInTheirNamespace() {
        TestServer sender = servers.get(0);
        List<List<Object>> expected = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
            String text = i % 10 == 0 ? "x".repeat(20_000) : "event " + i;
            sender.io.of(TestServer.OTHER).serverSideEmit("server", "other " + i);
            sender.io.of("/").serverSideEmit("server", text);
            expected.add(List.of(text));
        }
        for (TestServer server : servers.subList(1, servers.size())) {
            until(() -> server.serverEvents.size() >= SOME);
            assertThat(server.serverEvents).isEqualTo(expected);
        }
        assertThat(sender.serverEvents).isEmpty();
    }
}
