package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.sockeye.socketio.server.Races;
import dev.sockeye.socketio.server.TestServer;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("threads")
class SocketStateTest {
    private final TestServer server = new TestServer();
    private final SocketCore origin = origin();

    private SocketCore origin() {
        server.connect();
        return Peek.cores(server.io.sockets()).iterator().next();
    }

    @Test
    void onlyTheListedTransitionsAreAllowed() {
        Set<String> possible = new TreeSet<>();
        for (SocketState from : SocketState.values()) {
            for (SocketState to : SocketState.values()) {
                if (from.mayBecome(to)) {
                    possible.add(from + " " + to);
                    from.checkMayBecome(to);
                } else {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> from.checkMayBecome(to))
                            .withMessage("a socket cannot go from " + from + " to " + to);
                }
            }
        }
        assertThat(possible)
                .containsExactly(
                        "CONNECTED GONE",
                        "CONNECTED LEAVING",
                        "DISCONNECTING GONE",
                        "LEAVING DISCONNECTING",
                        "LEAVING GONE",
                        "PENDING CONNECTED",
                        "PENDING GONE");
    }

    @Test
    void aSocketCleanedUpWhileConnectingStaysGone() {
        assertThat(Races.run(
                        random -> new Connecting(), Connecting::end, List.of(Connecting::connect, Connecting::cleanUp)))
                .containsOnlyKeys("gone");
        assertThat(origin.namespace().membersForTest()).isEqualTo(1);
    }

    private final class Connecting {
        private final NamespaceCore namespace = origin.namespace();
        private final SocketCore socket = new SocketCore(origin.client(), namespace, null, null);

        Connecting() {
            namespace.addPending(socket);
        }

        void connect() {
            socket.becomeConnected();
        }

        void cleanUp() {
            socket.cleanup();
        }

        String end() {
            if (namespace.connected().containsKey(socket.id())) {
                return "left in its namespace";
            }
            return socket.connected() ? "connected" : "gone";
        }
    }
}
