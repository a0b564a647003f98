package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.SessionForwarding;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import org.junit.jupiter.api.Test;

class SessionForwardingTest {
    @Test
    void sessionForwarding() {
        String secret = "the same on all servers";
        // tag::session-forwarding
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .sessionForwarding(forwarding -> forwarding.secret(secret).address("http://10.0.0.1:3000"))
                .build());
        // end::session-forwarding
        assertThat(io.options().engine().sessionForwarding())
                .extracting(SessionForwarding::address)
                .hasToString("http://10.0.0.1:3000");
    }
}
