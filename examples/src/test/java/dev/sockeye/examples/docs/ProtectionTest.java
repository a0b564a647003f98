package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.RateLimit;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The code of docs/rate-limits.md, and about reasons in docs/server-api.md. */
class ProtectionTest {

    @Test
    void aCustomDisconnectReasonReachesBothSides() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        // tag::reason
        io.onConnection(socket -> {
            socket.on(
                    "log out elsewhere",
                    () -> socket.namespace().sockets().values().forEach(other -> {
                        if (other != socket) {
                            other.disconnect("logged out");
                        }
                    }));
            socket.onDisconnect((reason, details) -> ended.add(reason + ": " + details.description())); // the same text
        });
        // end::reason
        try (Server server = new Server(io)) {
            Client anna = server.client();
            Client bert = server.client();
            anna.socket.emit("log out elsewhere");
            bert.receives("sockeye:disconnect [{\"reason\":\"logged out\"}]");
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo("server namespace disconnect: logged out");
        }
    }

    @Test
    void eventsOverTheRateLimitAreAnsweredWithAnError() throws Exception {
        // tag::limits
        SocketIoServerOptions options = SocketIoServerOptions.builder()
                .rateLimits(
                        limits -> limits.eventsPerSocket(RateLimit.perSecond(50).burst(100))
                                .event("chat message", RateLimit.perMinute(20))
                                .userKey(socket -> (String) socket.data().get("user"))
                                .bytesPerUser(RateLimit.perMinute(1_000_000))
                                .connectsPerAddress(RateLimit.perMinute(60)))
                .build();
        // end::limits
        try (Server server = Server.started(options)) {
            server.io.onConnection(socket -> socket.on("chat message", (args, ack) -> ack.send("sent")));
            Client anna = server.client();
            String answer = "[sent]";
            for (int i = 0; answer.equals("[sent]"); i++) { // some permits are refilled in the meantime
                assertThat(i).isLessThan(1_000);
                answer = anna.ask("chat message", "hello");
            }
            assertThat(answer).contains("\"error\":\"rate limit exceeded\"").contains("\"retryAfter\":");
        }
    }
}
