package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.server.SocketIoServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The code of docs/drain.md. */
class DrainTest {

    @Test
    void theShutdownHookDrainsTheServer() throws Exception {
        SocketIoServer io = SocketIoServer.create();
        io.listen(0);
        // tag::drain
        Thread drain = new Thread(() -> io.drain(Duration.ofSeconds(20)).join());
        Runtime.getRuntime().addShutdownHook(drain);
        // end::drain
        // tag::ready
        boolean ready = !io.draining();
        // end::ready
        assertThat(ready).isTrue();
        assertThat(Runtime.getRuntime().removeShutdownHook(drain)).isTrue();
        drain.start();
        drain.join();
        assertThatIllegalStateException().isThrownBy(io::port);
    }
}
