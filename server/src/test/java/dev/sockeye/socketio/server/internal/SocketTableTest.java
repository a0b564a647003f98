package dev.sockeye.socketio.server.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.TestServer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SocketTableTest {
    private final SocketTable table = new SocketTable();
    private final TestServer server = new TestServer();

    private SocketCore socket() {
        server.connect();
        List<SocketCore> all = new ArrayList<>(Peek.cores(server.io.sockets()));
        return all.get(all.size() - 1);
    }

    @Test
    void keepsInsertionOrderThroughAddsAndRemoves() {
        List<SocketCore> some = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            some.add(socket());
        }
        Set<SocketCore> expected = new LinkedHashSet<>();
        Random random = new Random(5);
        for (int i = 0; i < 20_000; i++) {
            SocketCore socket = some.get(random.nextInt(i / 500 % 2 == 0 ? some.size() : 3));
            if (expected.remove(socket)) {
                table.remove(socket);
            } else {
                expected.add(socket);
                table.add(socket);
            }
            assertThat(table).hasSize(expected.size());
            assertThat(new ArrayList<>(table)).isEqualTo(new ArrayList<>(expected));
        }
    }

    @Test
    void anIteratorContinuesWhileTheTableIsCompacted() {
        List<SocketCore> first = List.of(socket(), socket(), socket());
        first.forEach(table::add);
        Iterator<SocketCore> iterator = table.iterator();
        for (int i = 0; i < 50; i++) {
            table.add(socket());
        }
        List<SocketCore> seen = new ArrayList<>();
        iterator.forEachRemaining(seen::add);
        assertThat(seen).isEqualTo(first);
    }

    @Test
    void removingAnUnknownOrRemovedSocketDoesNothing() {
        SocketCore one = socket();
        SocketCore two = socket();
        table.add(one);
        table.remove(two);
        assertThat(table).containsExactly(one);
        table.remove(one);
        table.remove(one);
        assertThat(table).isEmpty();
    }
}
