package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ServerStateTest {
    @Test
    void onlyTheListedTransitionsAreAllowed() {
        Set<String> possible = new TreeSet<>();
        for (ServerState from : ServerState.values()) {
            for (ServerState to : ServerState.values()) {
                if (from.mayBecome(to)) {
                    possible.add(from + " " + to);
                    from.checkMayBecome(to);
                } else {
                    assertThatIllegalStateException()
                            .isThrownBy(() -> from.checkMayBecome(to))
                            .withMessage("a server cannot go from " + from + " to " + to);
                }
            }
        }
        assertThat(possible)
                .containsExactly(
                        "CLOSING STOPPED", "RUNNING CLOSING", "RUNNING STOPPED", "STOPPED CLOSING", "STOPPED RUNNING");
    }
}
