package dev.sockeye.admin;

import dev.sockeye.socketio.server.SocketIoServer;
import io.lettuce.core.api.StatefulRedisConnection;

/** The code of docs/admin-ui.md. */
final class AdminExamples {
    private AdminExamples() {}

    static void instrument(SocketIoServer io) {
        AdminUi.instrument(
                io,
                AdminUiOptions.builder()
                        .auth(AdminAuth.basic("admin", "$2b$10$...")) // a bcrypt hash
                        .mode(AdminUiOptions.Mode.PRODUCTION)
                        .build());
    }

    static AdminUiOptions sessionsInRedis(StatefulRedisConnection<String, String> connection) {
        return AdminUiOptions.builder()
                .store(RedisSessionStore.of(connection.async())) // io.lettuce:lettuce-core
                .build();
    }
}
