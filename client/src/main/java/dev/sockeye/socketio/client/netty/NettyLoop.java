package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.ClientLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** An event loop of Netty. */
record NettyLoop(EventLoop loop) implements ClientLoop {

    @Override
    public void execute(Runnable task) {
        loop.execute(task);
    }

    @Override
    public long wallTimeMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, long delay, TimeUnit unit) {
        Future<?> future = loop.schedule(task, delay, unit);
        return () -> future.cancel(false);
    }
}
