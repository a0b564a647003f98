package dev.sockeye.postgres;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Sends notices to PostgreSQL, in the transaction of a connection. */
final class NotifySql {
    /** How long a transaction may last after it has sent a message with an attachment. */
    static final Duration TRANSACTION = Duration.ofMinutes(10);

    private NotifySql() {}

    /** Sends notices in a separate transaction. */
    static void send(Connection connection, List<Notice> notices, PostgresOptions options) throws SQLException {
        if (notices.stream().allMatch(notice -> notice.attachment() == null)) {
            notify(connection, distinct(notices));
            return;
        }
        connection.setAutoCommit(false);
        boolean done = false;
        try {
            put(connection, notices, options, false);
            connection.commit();
            done = true;
        } finally {
            if (!done) {
                rollBack(connection);
            }
            connection.setAutoCommit(true);
        }
    }

    private static void rollBack(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            // report the first error
        }
    }

    /**
     * Inserts the attachments and sends the notifications, in order. Requires a transaction if there are attachments.
     *
     * @param later whether the transaction may commit much later. Servers delete attachments by age, so these get a time
     *     in the future: the default is the time when the transaction began
     */
    static void put(Connection connection, List<Notice> notices, PostgresOptions options, boolean later)
            throws SQLException {
        List<Notice> all = new ArrayList<>(notices.size());
        String insertion = later
                ? " (created_at, payload) VALUES (clock_timestamp() + interval '" + TRANSACTION.toSeconds()
                        + " seconds', ?)"
                : " (payload) VALUES (?)";
        String sql = "INSERT INTO " + options.attachmentsTable() + insertion + " RETURNING id";
        for (Notice notice : notices) {
            byte[] attachment = notice.attachment();
            if (attachment == null) {
                all.add(notice);
                continue;
            }
            try (PreparedStatement insert = connection.prepareStatement(sql)) {
                insert.setBytes(1, attachment);
                try (ResultSet id = insert.executeQuery()) {
                    if (!id.next()) {
                        throw new SQLException("no id of the attachment");
                    }
                    all.add(new Notice(notice.channel(), notice.text(id.getLong(1)), null, notice.counts()));
                }
            }
        }
        notify(connection, distinct(all));
    }

    /** Makes the texts distinct: PostgreSQL delivers a notification only once if a transaction sends it several times. */
    static List<Notice> distinct(List<Notice> notices) {
        if (notices.size() < 2) {
            return notices;
        }
        Set<Notice> seen = new HashSet<>();
        List<Notice> all = new ArrayList<>(notices.size());
        for (Notice notice : notices) {
            Notice made = notice;
            for (int i = 1; !seen.add(made); i++) {
                made = notice.again(seen.size() + i);
            }
            all.add(made);
        }
        return all;
    }

    /** Sends the notifications in order, with one statement. */
    static void notify(Connection connection, List<Notice> notices) throws SQLException {
        Array channels = connection.createArrayOf(
                "text", notices.stream().map(Notice::channel).toArray());
        Array texts = connection.createArrayOf(
                "text", notices.stream().map(Notice::text).toArray());
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT count(pg_notify(c, t)) FROM (SELECT c, t FROM unnest(?, ?) WITH ORDINALITY AS u(c, t, o) ORDER BY o) AS u")) {
            statement.setArray(1, channels);
            statement.setArray(2, texts);
            try (ResultSet done = statement.executeQuery()) {
                done.next();
            }
        }
    }
}
