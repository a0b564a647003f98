package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The SQL statements for the sessions table. */
final class SessionStore {
    /** The holder of a session whose client is disconnected. */
    static final String NOBODY = "";

    /** The prefix of the holder while a server is taking over a session; its id and a number follow. */
    private static final String TAKING = "taking ";

    /** A row to write. */
    record Written(String pid, String holder, long keepMillis, byte[] session) {}

    /** A session and its previous holder. */
    record Kept(Session session, String holder) {

        /** Whether another server is known to have a connected client with this session. */
        boolean heldByAnotherThan(String uid) {
            return !holder.equals(NOBODY)
                    && !holder.equals(uid)
                    && !holder.startsWith(TAKING); // no other server has a client: it was killed before
        }
    }

    private final PostgresOptions options;
    private final String uid;
    private final AtomicInteger number = new AtomicInteger();

    SessionStore(PostgresOptions options, String uid) {
        this.options = options;
        this.uid = uid;
    }

    static Written written(Session session, String holder, Duration keep) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put("sid", session.sid());
        document.put("pid", session.pid());
        document.put("rooms", session.rooms());
        document.put("data", ClusterDocuments.encodable(session.data()));
        if (session.startOffset() != null) {
            document.put("startOffset", session.startOffset());
        }
        return new Written(session.pid(), holder, keep.toMillis(), Msgpack.encode(document));
    }

    /** Writes rows, except sessions that another server holds; returns for each row whether it was written. */
    List<Boolean> write(Connection connection, List<Written> rows) throws SQLException {
        String table = options.sessionsTable();
        List<Boolean> mine = new ArrayList<>(rows.size());
        try (PreparedStatement write = connection.prepareStatement(
                "INSERT INTO " + table
                        + " AS kept (pid, holder, expires_at, session) VALUES (?, ?, now() + ? * interval '1 millisecond', ?)"
                        + " ON CONFLICT (pid) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,"
                        + " session = excluded.session WHERE kept.holder = ? OR kept.holder LIKE ? OR kept.expires_at < now()")) {
            for (Written row : rows) {
                write.setString(1, row.pid());
                write.setString(2, row.holder());
                write.setLong(3, row.keepMillis());
                write.setBytes(4, row.session());
                write.setString(5, uid);
                write.setString(6, TAKING + uid + '%');
                write.addBatch();
            }
            for (int changed : write.executeBatch()) {
                mine.add(changed > 0);
            }
        }
        return mine;
    }

    /**
     * The holder of a session that could not be taken; {@code null} if it does not exist. Usually it is a server that is taking over the
     * session. It is another holder if that server has released it since: then the session can be taken now.
     */
    @Nullable
    String taker(Connection connection, String pid) throws SQLException {
        try (PreparedStatement ask = connection.prepareStatement(
                "SELECT holder FROM " + options.sessionsTable() + " WHERE pid = ? AND expires_at > now()")) {
            ask.setString(1, pid);
            try (ResultSet found = ask.executeQuery()) {
                return found.next() ? found.getString(1) : null;
            }
        }
    }

    /**
     * Takes over a session: marks it as being taken over by this server, so that no other server assigns it to a client.
     *
     * @param deadTaker the holder from which it is taken even while that server is taking it over; may be empty
     */
    @Nullable
    Kept take(Connection connection, String pid, String deadTaker) throws SQLException {
        String table = options.sessionsTable();
        try (PreparedStatement take =
                connection.prepareStatement("WITH old AS (SELECT pid, holder, session FROM " + table
                        + " WHERE pid = ? AND expires_at > now() AND (holder NOT LIKE '" + TAKING
                        + "%' OR holder = ? OR holder LIKE ?) FOR UPDATE)"
                        + " UPDATE " + table + " AS kept SET holder = ? FROM old WHERE kept.pid = old.pid"
                        + " RETURNING old.holder, old.session")) {
            take.setString(1, pid);
            take.setString(2, deadTaker);
            take.setString(3, TAKING + uid + '%');
            take.setString(4, taking());
            try (ResultSet found = take.executeQuery()) {
                if (!found.next()) {
                    return null;
                }
                Session session = decode(found.getBytes(2));
                return session == null ? null : new Kept(session, found.getString(1));
            }
        }
    }

    /** The holder while this server is taking over a session; different each time. */
    private String taking() {
        return TAKING + uid + ' ' + number.incrementAndGet();
    }

    /** Confirms that this server is still taking over a session; returns false if another server has it. */
    boolean keep(Connection connection, String pid) throws SQLException {
        try (PreparedStatement keep = connection.prepareStatement("UPDATE " + options.sessionsTable()
                + " SET holder = ? WHERE pid = ? AND expires_at > now() AND holder LIKE ?")) {
            keep.setString(1, taking());
            keep.setString(2, pid);
            keep.setString(3, TAKING + uid + '%');
            return keep.executeUpdate() > 0;
        }
    }

    /** Deletes a session held by this server. */
    boolean delete(Connection connection, String pid) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + options.sessionsTable() + " WHERE pid = ? AND (holder = ? OR holder LIKE ?)")) {
            delete.setString(1, pid);
            delete.setString(2, uid);
            delete.setString(3, TAKING + uid + '%');
            return delete.executeUpdate() > 0;
        }
    }

    @SuppressWarnings("unchecked") // decoders create maps with string keys only
    private static @Nullable Session decode(byte[] document) {
        try {
            if (Msgpack.decode(document) instanceof Map<?, ?> map
                    && map.get("sid") instanceof String sid
                    && map.get("pid") instanceof String pid) {
                Map<String, Object> data =
                        map.get("data") instanceof Map<?, ?> given ? (Map<String, Object>) given : Map.of();
                String start = map.get("startOffset") instanceof String given ? given : null;
                return new Session(sid, pid, ClusterDocuments.names(map.get("rooms")), data, start);
            }
        } catch (DecodeException | IllegalArgumentException e) {
            // not written by a server of this cluster
        }
        return null;
    }
}
