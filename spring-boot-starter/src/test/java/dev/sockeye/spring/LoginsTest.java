package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.TestingAuthenticationToken;
import org.springframework.security.core.Authentication;

/** Authentications that a middleware sets, without an application context. */
class LoginsTest {
    @Test
    void disconnectHandlersSeeTheAuthenticationThatAMiddlewareHasSet() throws Exception {
        Authentication ann = new TestingAuthenticationToken("ann", "secret");
        CompletableFuture<Authentication> seen = new CompletableFuture<>();
        SocketIoServer io = SocketIoServer.create();
        try (SocketIoClient client = SocketIoClient.create()) {
            io.use((socket, next) -> {
                SocketIoSecurity.login(socket, ann, null);
                next.next();
            });
            io.onConnection(socket ->
                    socket.onDisconnect((reason, details) -> seen.complete(SocketIoSecurity.authentication(socket))));
            io.listen(0);
            client.socket("http://localhost:" + io.port()).connectBlocking(SOON).disconnect();
            assertThat(seen.get(10, TimeUnit.SECONDS)).isSameAs(ann);
        } finally {
            io.close();
        }
    }
}
