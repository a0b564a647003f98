package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message of another server that fails on this one. */
class ClusterInboxErrorTest {
    @Test
    void anErrorOfTheApplicationDoesNotReachTheTransport() {
        FakeNamespace namespace = new FakeNamespace();
        ScriptedTransport transport = new ScriptedTransport();
        new ClusterAdapter(namespace, transport, ClusterOptions.defaults()).init();
        List<String> events = new ArrayList<>();
        namespace.onServerSideEmit = event -> {
            events.add(event);
            throw new StackOverflowError("expected in the log of this test");
        };
        assertThatCode(() -> transport.receive(
                        new ClusterMessage.ServerSideEmit("other", "/", "event", Arguments.of(), null)))
                .doesNotThrowAnyException();
        assertThat(events).containsExactly("event");
    }
}
