package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Gives a server a simulated clock, timer and source of ids. */
final class Seams {
    private Seams() {}

    static void timer(
            SocketIoServerOptions.Builder builder,
            LongSupplier clock,
            BiFunction<Runnable, Duration, EngineLoop.Timer> schedule,
            Supplier<String> ids) {
        try {
            Class<?> type = Class.forName("dev.sockeye.socketio.server.ServerTimer");
            Object timer = Proxy.newProxyInstance(
                    type.getClassLoader(),
                    new Class<?>[] {type},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "nanoTime" -> clock.getAsLong();
                        case "schedule" -> schedule.apply((Runnable) arguments[0], (Duration) arguments[1]);
                        case "randomId" -> ids.get();
                        case "awaitEnd" -> true;
                        default -> null;
                    });
            Method set = SocketIoServerOptions.Builder.class.getDeclaredMethod("timer", type);
            set.setAccessible(true);
            set.invoke(builder, timer);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
