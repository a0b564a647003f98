package dev.sockeye.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import javax.sql.DataSource;

/** An events table without a database. It answers only the statements that read events. */
final class SimulatedEvents {
    /** A database that cannot be reached. */
    static final DataSource UNREACHABLE = proxy(DataSource.class, (proxy, method, args) -> {
        throw new SQLException("unreachable, expected in the log of this test", "08001");
    });

    /** The payloads by position; all events belong to the namespace "/". */
    final TreeMap<Long, byte[]> rows = new TreeMap<>();

    /** Runs after each page that was read. */
    Runnable afterPage = () -> {};

    /** Runs after each statement. */
    Runnable afterStatement = () -> {};

    private long before;
    private long after;

    final Connection connection = proxy(Connection.class, (proxy, method, args) -> switch (method.getName()) {
        case "createStatement" ->
            proxy(Statement.class, (statement, call, given) -> call.getName().equals("executeQuery") ? extent() : null);
        case "prepareStatement" ->
            proxy(PreparedStatement.class, (statement, call, given) -> {
                if (call.getName().equals("setLong")) {
                    before = after;
                    after = (Long) given[1];
                }
                boolean between = String.valueOf(args[0]).contains("BETWEEN");
                return !call.getName().equals("executeQuery") ? null : between ? identities() : page();
            });
        default -> throw new UnsupportedOperationException(method.getName());
    });

    void add(long first, long last) {
        for (long position = first; position <= last; position++) {
            rows.put(position, new byte[0]);
        }
    }

    void deleteUpTo(long position) {
        rows.headMap(position, true).clear();
    }

    private ResultSet extent() {
        ResultSet extent = results(List.<Object[]>of(new Object[] {rows.firstKey(), rows.lastKey()}));
        afterStatement.run();
        return extent;
    }

    private ResultSet identities() {
        List<Object[]> all = new ArrayList<>();
        rows.subMap(before, true, after, true)
                .keySet()
                .forEach(position -> all.add(new Object[] {position, "another server", position}));
        afterStatement.run();
        return results(all);
    }

    private ResultSet page() {
        List<Object[]> page = new ArrayList<>();
        long number = Math.min(rows.tailMap(after, false).size(), EventStore.PAGE);
        rows.tailMap(after, false).forEach((position, payload) -> {
            if (page.size() < EventStore.PAGE) {
                page.add(new Object[] {position, "another server", position, "/", payload, number});
            }
        });
        afterPage.run();
        return results(page);
    }

    private static ResultSet results(List<Object[]> rows) {
        Iterator<Object[]> all = rows.iterator();
        Object[][] current = new Object[1][];
        return proxy(ResultSet.class, (proxy, method, args) -> {
            if (method.getName().equals("next")) {
                boolean more = all.hasNext();
                current[0] = more ? all.next() : null;
                return more;
            }
            return args == null ? null : current[0][(Integer) args[0] - 1];
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(
                Proxy.newProxyInstance(SimulatedEvents.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
