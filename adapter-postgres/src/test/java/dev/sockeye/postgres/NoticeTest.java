package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NoticeTest {
    private static final BroadcastOptions ALL = new BroadcastOptions(Set.of(), Set.of(), BroadcastFlags.NONE);

    private static boolean counts(ClusterMessage message) {
        return Notice.of(message, PostgresOptions.defaults()).counts();
    }

    @Test
    void lostCommandsAreCountedButNotRequestsResponsesOrHeartbeats() {
        assertThat(counts(new ClusterMessage.SocketsJoin("uid", "/", ALL, Set.of("room"))))
                .isTrue();
        assertThat(counts(new ClusterMessage.DisconnectSockets("uid", "/", ALL, true, "")))
                .isTrue();
        assertThat(counts(new ClusterMessage.FetchSockets("uid", "/", ALL, "1")))
                .isFalse();
        assertThat(counts(new ClusterMessage.FetchSocketsResponse("uid", "/", "1", List.of())))
                .isFalse();
        assertThat(counts(new ClusterMessage.Heartbeat("uid", "/"))).isFalse();
    }
}
