package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.Races;
import dev.sockeye.socketio.server.TestServer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two threads add and remove while a third goes through the table. */
@Tag("threads")
class SocketTableRaceTest {
    private static final String RIGHT = "each once, and those that stay always";

    private final TestServer server = new TestServer();
    private final SocketCore origin = origin();

    private SocketCore origin() {
        server.connect();
        return Peek.cores(server.io.sockets()).iterator().next();
    }

    private SocketCore socket() {
        return new SocketCore(origin.client(), origin.namespace(), null, null);
    }

    @Test
    void changesAreNotLostAndIteratorsSeeAllRemainingSockets() {
        assertThat(Races.run(
                        random -> new Table(),
                        Table::end,
                        List.of(table -> table.change(0), table -> table.change(1), Table::walk)))
                .containsOnlyKeys(RIGHT);
    }

    private final class Table {
        private final SocketTable sockets = new SocketTable();
        private final SocketCore stays = socket();
        private final SocketCore goes = socket();
        private final List<List<SocketCore>> own = List.of(new ArrayList<>(), new ArrayList<>());
        private volatile String wrong = "";

        Table() {
            sockets.add(goes);
            sockets.add(stays);
            for (List<SocketCore> some : own) {
                for (int i = 0; i < 6; i++) {
                    some.add(socket());
                }
            }
        }

        /** The table grows past its initial length, and is compacted when most sockets have left. */
        void change(int actor) {
            List<SocketCore> some = own.get(actor);
            some.forEach(sockets::add);
            sockets.remove(goes);
            some.subList(0, 5).forEach(sockets::remove);
        }

        void walk() {
            for (int i = 0; i < 4; i++) {
                List<SocketCore> seen = new ArrayList<>();
                for (SocketCore socket : sockets) {
                    seen.add(socket);
                }
                if (!seen.contains(stays)) {
                    wrong = "missed one that stays";
                }
                if (new HashSet<>(seen).size() != seen.size()) {
                    wrong = "saw one twice";
                }
                for (List<SocketCore> some : own) {
                    List<SocketCore> ofOne = new ArrayList<>(seen);
                    ofOne.retainAll(some);
                    List<SocketCore> expected = new ArrayList<>(some);
                    expected.retainAll(ofOne);
                    if (!ofOne.equals(expected)) {
                        wrong = "out of order";
                    }
                }
            }
        }

        String end() {
            List<SocketCore> left = new ArrayList<>(sockets);
            SocketCore a = own.get(0).get(5);
            SocketCore b = own.get(1).get(5);
            if (sockets.size() != 3 || !(left.equals(List.of(stays, a, b)) || left.equals(List.of(stays, b, a)))) {
                return "left " + left.size() + ", size " + sockets.size();
            }
            return wrong.isEmpty() ? RIGHT : wrong;
        }
    }
}
