package dev.sockeye.spring;

import dev.sockeye.socketio.server.SocketIoServer;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Up while the server is running and its adapter responds; out of service while it drains. */
final class SockeyeHealthIndicator implements HealthIndicator {
    private static final long ADAPTER_SECONDS = 2;

    private final SocketIoServer io;
    private final SockeyeLifecycle lifecycle;

    SockeyeHealthIndicator(SocketIoServer io, SockeyeLifecycle lifecycle) {
        this.io = io;
        this.lifecycle = lifecycle;
    }

    @Override
    public Health health() {
        if (io.draining()) {
            return Health.outOfService()
                    .withDetail("server", "draining")
                    .withDetail("connections", io.engine().clientsCount())
                    .build();
        }
        if (!lifecycle.isRunning()) {
            return Health.outOfService().withDetail("server", "stopped").build();
        }
        try {
            int servers = io.sockets().adapter().serverCount().get(ADAPTER_SECONDS, TimeUnit.SECONDS);
            return Health.up()
                    .withDetail("connections", io.engine().clientsCount())
                    .withDetail("servers", servers)
                    .build();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Health.unknown().build();
        } catch (Exception e) {
            return Health.down(e).withDetail("adapter", "no answer").build();
        }
    }
}
