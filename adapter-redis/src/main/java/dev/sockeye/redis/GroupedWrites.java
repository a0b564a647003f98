package dev.sockeye.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;

/**
 * Writes the commands that wait for a connection's event loop with one system call. Lettuce flushes each command. Redis then reads
 * them together, and writes to each subscriber once for all of them. Their order does not change, and none waits for later ones.
 */
final class GroupedWrites implements NettyCustomizer {
    /** After so many commands they are written though more are waiting. */
    private static final int MOST = 256;

    /** At the end, so that it is passed before TLS, which then puts the commands into one record. */
    @Override
    public void afterChannelInitialized(Channel channel) {
        channel.pipeline().addLast(new FlushConsolidationHandler(MOST, true));
    }
}
