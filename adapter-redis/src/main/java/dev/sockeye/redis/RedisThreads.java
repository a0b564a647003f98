package dev.sockeye.redis;

import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.DefaultEventLoopGroupProvider;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.EventLoopGroupProvider;
import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The threads of an open link.
 *
 * @param loops one event loop for all connections, so that replies and messages arrive on the same thread
 */
record RedisThreads(EventLoopGroupProvider loops, ClientResources resources, ScheduledExecutorService timers) {

    /** @param opened receives each connection that is opened */
    static RedisThreads start(Consumer<Channel> opened) {
        EventLoopGroupProvider loops = new DefaultEventLoopGroupProvider(1);
        ClientResources resources = DefaultClientResources.builder()
                .eventLoopGroupProvider(loops)
                .computationThreadPoolSize(2)
                .reconnectDelay(
                        Delay.exponential(Duration.ofMillis(20), Duration.ofSeconds(1), 2, TimeUnit.MILLISECONDS))
                .nettyCustomizer(new GroupedWrites(opened))
                .build();
        ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "sockeye-redis");
            thread.setDaemon(true);
            return thread;
        });
        return new RedisThreads(loops, resources, timers);
    }

    void end() {
        timers.shutdownNow();
        var unused = resources.shutdown(0, 2, TimeUnit.SECONDS);
        var unusedToo = loops.shutdown(0, 2, TimeUnit.SECONDS);
    }
}
