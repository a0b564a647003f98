package dev.sockeye.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketRouterTest {
    private final Channel[] sockets = new Channel[2];
    private final EmbeddedChannel first = new EmbeddedChannel(new PacketRouter(sockets, 0));
    private final EmbeddedChannel second = new EmbeddedChannel(new PacketRouter(sockets, 1));

    private DatagramPacket packet(int firstByte, int loop, int length) {
        ByteBuffer id = new LoopConnectionIds(loop).newId(LoopConnectionIds.LENGTH);
        byte[] bytes = new byte[length];
        bytes[0] = (byte) firstByte;
        id.get(bytes, 1, Math.min(length - 1, id.remaining()));
        return new DatagramPacket(Unpooled.wrappedBuffer(bytes), new InetSocketAddress(1), new InetSocketAddress(2));
    }

    private void read(DatagramPacket packet) {
        sockets[0] = first;
        sockets[1] = second;
        first.writeInbound(packet);
        second.runPendingTasks();
    }

    @Test
    void aPacketForAConnectionOfAnotherLoopIsForwarded() {
        DatagramPacket moved = packet(0x40, 1, 40);
        read(moved);
        assertThat(first.<Object>readInbound()).isNull();
        assertThat(second.<Object>readInbound()).isSameAs(moved);
        assertThat(moved.refCnt()).isOne();
    }

    @Test
    void otherPacketsStayOnTheirLoop() {
        for (DatagramPacket own : new DatagramPacket[] {
            packet(0x40, 0, 40), packet(0xc0, 1, 1200), packet(0x40, 200, 40), packet(0x40, 1, 10), packet(0x40, 1, 1)
        }) {
            read(own);
            assertThat(first.<Object>readInbound()).isSameAs(own);
        }
        DatagramPacket early = packet(0x40, 1, 40);
        first.writeInbound(early);
        sockets[1] = null;
        DatagramPacket unbound = packet(0x40, 1, 40);
        first.writeInbound(unbound);
        assertThat(first.<Object>readInbound())
                .as("the other socket is not bound yet")
                .isSameAs(unbound);
    }

    @Test
    void packetsForALoopThatIsTooFarBehindAreDropped() {
        sockets[0] = first;
        sockets[1] = second;
        List<DatagramPacket> packets = new ArrayList<>();
        for (int i = 0; i < PacketRouter.MOST_WAITING + 10; i++) {
            DatagramPacket packet = packet(0x40, 1, 40);
            packets.add(packet);
            first.pipeline().fireChannelRead(packet);
        }
        assertThat(packets).filteredOn(packet -> packet.refCnt() == 0).hasSize(10);
        second.runPendingTasks();
        assertThat(second.inboundMessages()).hasSize(PacketRouter.MOST_WAITING);
        DatagramPacket later = packet(0x40, 1, 40);
        first.pipeline().fireChannelRead(later);
        second.runPendingTasks();
        assertThat(later.refCnt()).isOne();
        second.releaseInbound();
    }

    @Test
    void connectionIdsAreRandomAfterTheLoopNumber() {
        LoopConnectionIds ids = new LoopConnectionIds(3);
        ByteBuffer one = ids.newId(16);
        assertThat(one.get(one.position())).isEqualTo((byte) 3);
        assertThat(one.remaining()).isEqualTo(16);
        assertThat(ids.newId(one, 16)).isNotEqualTo(ids.newId(one, 16));
    }
}
