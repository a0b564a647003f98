package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ReplayBufferTest {
    private static final int MOST = 100;
    private static final EncodedPacket PACKET =
            JsonParser.create().encode(new SocketPacket.Event("/", SocketPacket.NO_ID, "e", Arguments.none()));

    private final ReplayBuffer buffer = new ReplayBuffer(0, 10, MOST, 1_000_000);

    private void sendToNewRooms(int count) {
        for (int i = 0; i < count; i++) {
            buffer.add(PACKET, Set.of("new room " + i), Set.of(), 1);
        }
    }

    @Test
    void theNumberOfRoomsIsBoundedIfEachEventIsSentToANewOne() {
        sendToNewRooms(50_000);
        assertThat(buffer.size()).isEqualTo(MOST);
        assertThat(buffer.rooms()).isLessThan(5_000);
    }

    @Test
    void aClientWhoseMissedEventWasDroppedIsNotRecoveredEvenIfItsRoomIsNoLongerKnown() {
        String before = buffer.currentOffset();
        buffer.add(PACKET, Set.of("room"), Set.of(), 0);
        sendToNewRooms(50_000);
        assertThat(buffer.after(before, Set.of("room"))).isNull();
        String now = buffer.currentOffset();
        buffer.add(PACKET, Set.of("room"), Set.of(), 2);
        assertThat(buffer.after(now, Set.of("room"))).hasSize(1);
    }

    @Test
    void droppedEventsThatEveryClientHasReceivedDoNotPreventARecovery() {
        String before = buffer.currentOffset();
        sendToNewRooms(50_000);
        buffer.expire(2);
        assertThat(buffer.rooms()).isZero();
        assertThat(buffer.after(before, Set.of("room"))).isEqualTo(List.of());
    }
}
