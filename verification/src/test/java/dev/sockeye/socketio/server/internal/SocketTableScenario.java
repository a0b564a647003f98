package dev.sockeye.socketio.server.internal;

import dev.sockeye.verification.interleaving.Scenario;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Two threads add and remove sockets, past the first length of the table and back, while a third goes through it. */
public final class SocketTableScenario implements Scenario {
    private static final Object UNSAFE = unsafe();

    private final SocketTable table = new SocketTable();
    private final SocketCore stays = socket();
    private final SocketCore goes = socket();
    private final List<List<SocketCore>> own = List.of(sockets(7), sockets(7));

    public SocketTableScenario() {
        table.add(goes);
        table.add(stays);
    }

    private static Object unsafe() {
        try {
            Field field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** One without a connection: the table looks at its place only. */
    private static SocketCore socket() {
        try {
            return (SocketCore)
                    UNSAFE.getClass().getMethod("allocateInstance", Class.class).invoke(UNSAFE, SocketCore.class);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private static List<SocketCore> sockets(int count) {
        List<SocketCore> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(socket());
        }
        return made;
    }

    @Override
    public List<Runnable> threads() {
        return List.of(() -> change(own.get(0)), () -> change(own.get(1)), () -> {
            for (int i = 0; i < 3; i++) {
                walk();
            }
        });
    }

    private void change(List<SocketCore> some) {
        some.forEach(table::add);
        table.remove(goes);
        some.subList(0, 6).forEach(table::remove);
    }

    private void walk() {
        List<SocketCore> seen = new ArrayList<>();
        for (SocketCore socket : table) {
            seen.add(socket);
        }
        check(seen.contains(stays), "missed one that stays");
        check(new HashSet<>(seen).size() == seen.size(), "saw one twice");
        for (List<SocketCore> some : own) {
            List<SocketCore> expected = new ArrayList<>(some);
            expected.retainAll(seen);
            List<SocketCore> order = new ArrayList<>(seen);
            order.retainAll(some);
            check(order.equals(expected), "out of order");
        }
    }

    @Override
    public void check() {
        List<SocketCore> left = new ArrayList<>();
        table.iterator().forEachRemaining(left::add);
        check(
                left.size() == 3
                        && Set.copyOf(left)
                                .equals(Set.of(
                                        stays, own.get(0).get(6), own.get(1).get(6))),
                "left " + left.size());
        check(table.size() == 3, "a size of " + table.size());
        left.forEach(table::remove);
        check(table.size() == 0 && !table.iterator().hasNext(), "one cannot be removed");
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new AssertionError(message);
        }
    }
}
