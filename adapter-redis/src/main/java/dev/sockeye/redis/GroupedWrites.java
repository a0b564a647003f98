package dev.sockeye.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.handler.flush.FlushConsolidationHandler;
import java.util.function.Consumer;

/**
 * Writes the queued commands of a connection's event loop with one system call, while Lettuce flushes each command.
 * Redis then reads them together and writes to each subscriber once for all of them. The order of commands does not
 * change, and no command waits for later ones.
 */
final class GroupedWrites implements NettyCustomizer {
    /** The maximum number of commands that are written together. */
    private static final int MOST = 256;

    private final Consumer<Channel> opened;

    /** @param opened receives each new connection */
    GroupedWrites(Consumer<Channel> opened) {
        this.opened = opened;
    }

    /** At the end, so that it is passed before TLS, which then puts the commands into one record. */
    @Override
    public void afterChannelInitialized(Channel channel) {
        opened.accept(channel);
        channel.pipeline().addLast(new FlushConsolidationHandler(MOST, true));
    }
}
