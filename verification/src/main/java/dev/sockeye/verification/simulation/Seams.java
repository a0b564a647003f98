package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.server.ServerTimer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Configures a server with a simulated clock, timer and source of ids. */
final class Seams {
    private Seams() {}

    static void timer(
            SocketIoServerOptions.Builder builder,
            LongSupplier clock,
            BiFunction<Runnable, Duration, EngineLoop.Timer> schedule,
            Supplier<String> ids,
            LongSupplier bits) {
        builder.timer(new ServerTimer() {
            @Override
            public long nanoTime() {
                return clock.getAsLong();
            }

            @Override
            public Instant now() {
                return Instant.EPOCH.plusNanos(clock.getAsLong());
            }

            @Override
            public EngineLoop.Timer schedule(Runnable task, Duration delay) {
                return schedule.apply(task, delay);
            }

            @Override
            public String randomId() {
                return ids.get();
            }

            @Override
            public long randomBits() {
                return bits.getAsLong();
            }
        });
    }
}
