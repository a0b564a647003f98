package dev.sockeye.socketio.adapter.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServerSideOrderTest {
    @Test
    void anErrorOfAnEventDoesNotPreventTheNextOne() {
        ServerSideOrder order = new ServerSideOrder();
        List<String> sent = new ArrayList<>();
        ServerSideOrder.Place first = order.take();
        ServerSideOrder.Place second = order.take();
        order.send(second, () -> sent.add("second"));
        order.send(first, () -> {
            throw new LinkageError("expected in the log of this test");
        });
        assertThat(sent).containsExactly("second");
    }
}
