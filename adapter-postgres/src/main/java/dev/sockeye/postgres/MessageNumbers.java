package dev.sockeye.postgres;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers the notifications of one namespace of a server without gaps, so that other servers notice when they have missed some.
 * A number is used up when PostgreSQL has accepted the notification: what was not sent is counted by the sender only. Official
 * servers ignore the additional field.
 */
final class MessageNumbers {
    /** The maximum number of servers that are remembered; a server that was killed does not announce its end. */
    private static final int MOST = 1_000;

    // accessed only by the sending thread
    private long sent;
    private long given;

    @GuardedBy("this")
    private final Map<String, Long> heard = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MOST;
        }
    };

    /** Sends notices in order, each with the next number of its namespace. */
    static void send(Connection connection, List<Notice> notices, PostgresOptions options) throws SQLException {
        List<Notice> numbered = new ArrayList<>(notices.size());
        for (Notice notice : notices) {
            MessageNumbers numbers = notice.numbers();
            if (numbers != null) {
                numbers.given = numbers.sent;
            }
        }
        for (Notice notice : notices) {
            MessageNumbers numbers = notice.numbers();
            numbered.add(numbers == null ? notice : notice.numbered(++numbers.given));
        }
        NotifySql.send(connection, numbered, options);
        for (Notice notice : notices) {
            MessageNumbers numbers = notice.numbers();
            if (numbers != null) {
                numbers.sent = numbers.given;
            }
        }
    }

    /** Returns how many messages of a server were missed before the one with this number. */
    synchronized long missedBefore(String uid, long number) {
        Long last = heard.put(uid, number);
        return last == null ? 0 : Math.max(0, number - last - 1);
    }

    /** A server has left. */
    synchronized void forget(String uid) {
        heard.remove(uid);
    }

    /** This server listens again after it was closed: it has not missed what was sent meanwhile. */
    synchronized void restart() {
        heard.clear();
    }
}
