package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.NodeForward;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The two ends of a tunnel on channels without a network. */
class TunnelTest {
    private final List<String> calls = new ArrayList<>();
    private final NodeForward forward = (NodeForward) Proxy.newProxyInstance(
            TunnelTest.class.getClassLoader(), new Class<?>[] {NodeForward.class}, (proxy, method, arguments) -> {
                if (method.getName().equals("answerTimeout")) {
                    return Duration.ofSeconds(45);
                }
                calls.add(method.getName());
                return null;
            });

    /** Never writes anything, as a connection whose peer does not read. */
    private static final class Stuck extends ChannelOutboundHandlerAdapter {
        @Override
        public void flush(ChannelHandlerContext ctx) {
            // the bytes stay in the queue
        }

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ctx.write(msg, promise);
        }
    }

    @Test
    void anEndWhosePeerDoesNotReadIsClosedTenSecondsAfterTheOtherOne() {
        EmbeddedChannel client = new EmbeddedChannel(new Stuck());
        EmbeddedChannel node = new EmbeddedChannel();
        client.freezeTime();
        Tunnel[] ends = Tunnel.between(client, node, forward);
        client.pipeline().addLast(ends[0]);
        node.pipeline().addLast(ends[1]);
        node.writeInbound(Unpooled.copyInt(1));
        node.close();
        assertThat(calls).containsExactly("answered");
        client.advanceTimeBy(9, TimeUnit.SECONDS);
        client.runScheduledPendingTasks();
        assertThat(client.isOpen()).isTrue();
        client.advanceTimeBy(1, TimeUnit.SECONDS);
        client.runScheduledPendingTasks();
        assertThat(client.isOpen()).isFalse();
        assertThat(calls).containsExactly("answered");
    }

    @Test
    void aTunnelIsClosedWhenNothingIsReadFromTheServerForTheTimeOfAHeartbeat() {
        EmbeddedChannel client = new EmbeddedChannel();
        EmbeddedChannel node = new EmbeddedChannel();
        client.freezeTime();
        node.freezeTime();
        Tunnel[] ends = Tunnel.between(client, node, forward);
        client.pipeline().addLast(ends[0]);
        node.pipeline().addLast(ends[1]);
        for (int i = 0; i < 5; i++) {
            node.writeInbound(Unpooled.copyInt(1)); // a ping of the session
            advance(node, 45);
            client.writeInbound(Unpooled.copyInt(2));
        }
        assertThat(node.isOpen()).isTrue();
        advance(node, 44);
        client.writeInbound(Unpooled.copyInt(2)); // only the server proves that the session exists
        assertThat(node.isOpen()).isTrue();
        advance(node, 1);
        assertThat(node.isOpen()).isFalse();
        client.runPendingTasks();
        assertThat(client.isOpen()).isFalse();
        assertThat(calls).containsExactly("answered");
        client.releaseInbound();
        node.releaseInbound();
    }

    private static void advance(EmbeddedChannel channel, long seconds) {
        channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
        channel.runScheduledPendingTasks();
    }
}
