package dev.sockeye.postgres;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Options of {@link PostgresAdapter}, {@link PostgresDurableAdapter} and {@link PostgresEmitter}. The servers and emitters of a
 * cluster must have the same prefix and tables. Official counterpart: {@code PostgresAdapterOptions}. Immutable.
 */
public final class PostgresOptions {
    /** PostgreSQL rejects notifications of this length or more. */
    static final int NOTIFY_LIMIT = 8_000;

    /** PostgreSQL truncates identifiers at this length, and rejects notifications on longer channels. */
    private static final int LONGEST_CHANNEL = 63;
    /** In nanoseconds, the sum of two must not overflow. */
    private static final Duration LONGEST = Duration.ofDays(26_000);

    private static final Pattern TABLE =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,39}(\\.[A-Za-z_][A-Za-z0-9_]{0,39})?");

    private final String channelPrefix;
    private final String attachmentsTable;
    private final int payloadThreshold;
    private final Duration cleanupInterval;
    private final Duration requestsTimeout;
    private final Duration heartbeatInterval;
    private final Duration heartbeatTimeout;
    private final @Nullable DataSource listenDataSource;
    private final boolean createTables;
    private final String eventsTable;
    private final String sessionsTable;
    private final Duration retention;
    private final long maxEvents;
    private final Duration sessionRefresh;

    private PostgresOptions(Builder from) {
        channelPrefix = from.channelPrefix;
        attachmentsTable = from.attachmentsTable;
        payloadThreshold = from.payloadThreshold;
        cleanupInterval = from.cleanupInterval;
        requestsTimeout = from.requestsTimeout;
        heartbeatInterval = from.heartbeatInterval;
        heartbeatTimeout = from.heartbeatTimeout;
        listenDataSource = from.listenDataSource;
        createTables = from.createTables;
        eventsTable = from.eventsTable;
        sessionsTable = from.sessionsTable;
        retention = from.retention;
        maxEvents = from.maxEvents;
        sessionRefresh = from.sessionRefresh;
    }

    /** All defaults. */
    public static PostgresOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.channelPrefix = channelPrefix;
        builder.attachmentsTable = attachmentsTable;
        builder.payloadThreshold = payloadThreshold;
        builder.cleanupInterval = cleanupInterval;
        builder.requestsTimeout = requestsTimeout;
        builder.heartbeatInterval = heartbeatInterval;
        builder.heartbeatTimeout = heartbeatTimeout;
        builder.listenDataSource = listenDataSource;
        builder.createTables = createTables;
        builder.eventsTable = eventsTable;
        builder.sessionsTable = sessionsTable;
        builder.retention = retention;
        builder.maxEvents = maxEvents;
        builder.sessionRefresh = sessionRefresh;
        return builder;
    }

    /** The prefix of the channel names. */
    public String channelPrefix() {
        return channelPrefix;
    }

    /** The table of messages that do not fit into a notification. */
    public String attachmentsTable() {
        return attachmentsTable;
    }

    /** Messages above this size in bytes are sent through the table. */
    public int payloadThreshold() {
        return payloadThreshold;
    }

    /** The interval at which old rows are deleted. */
    public Duration cleanupInterval() {
        return cleanupInterval;
    }

    /** How long to wait for the answers of other servers. */
    public Duration requestsTimeout() {
        return requestsTimeout;
    }

    /** The interval at which a server reports that it is alive. */
    public Duration heartbeatInterval() {
        return heartbeatInterval;
    }

    /** How long a server may be silent before it is considered dead. */
    public Duration heartbeatTimeout() {
        return heartbeatTimeout;
    }

    /** The data source of the listening connection; {@code null} for the data source of the adapter. */
    public @Nullable DataSource listenDataSource() {
        return listenDataSource;
    }

    /** Whether missing tables are created. */
    public boolean createTables() {
        return createTables;
    }

    /** The table of events of the durable mode. */
    public String eventsTable() {
        return eventsTable;
    }

    /** The table of sessions of the durable mode. */
    public String sessionsTable() {
        return sessionsTable;
    }

    /** How long events are kept in the durable mode. */
    public Duration retention() {
        return retention;
    }

    /** The approximate number of events kept in the durable mode. */
    public long maxEvents() {
        return maxEvents;
    }

    /** The interval at which the session of a connected client is stored again in the durable mode. */
    public Duration sessionRefresh() {
        return sessionRefresh;
    }

    /** The channel of a namespace. */
    String channel(String namespace) {
        String channel = channelPrefix + "#" + namespace;
        if (channel.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("the namespace \"" + namespace.replace("\0", "\\u0000")
                    + "\" contains the character U+0000, which PostgreSQL does not support");
        }
        int length = channel.getBytes(StandardCharsets.UTF_8).length;
        if (length > LONGEST_CHANNEL) {
            throw new IllegalArgumentException(
                    "the namespace \"" + namespace + "\" is too long for PostgreSQL: its channel \"" + channel
                            + "\" has " + length + " bytes, and a channel may have " + LONGEST_CHANNEL);
        }
        return channel;
    }

    /** The channel that signals new events. */
    String wakeUpChannel() {
        return channelPrefix + "!events";
    }

    /** Builds {@link PostgresOptions}. Not thread-safe. */
    public static final class Builder {
        private String channelPrefix = "socket.io";
        private String attachmentsTable = "socket_io_attachments";
        private int payloadThreshold = NOTIFY_LIMIT;
        private Duration cleanupInterval = Duration.ofSeconds(30);
        private Duration requestsTimeout = Duration.ofSeconds(5);
        private Duration heartbeatInterval = Duration.ofSeconds(5);
        private Duration heartbeatTimeout = Duration.ofSeconds(10);
        private @Nullable DataSource listenDataSource;
        private boolean createTables = true;
        private String eventsTable = "socket_io_events";
        private String sessionsTable = "socket_io_sessions";
        private Duration retention = Duration.ofMinutes(10);
        private long maxEvents = 100_000;
        private Duration sessionRefresh = Duration.ofMinutes(1);

        private Builder() {}

        /** The prefix of the channel names, at most 40 bytes; default {@code socket.io}. */
        @CanIgnoreReturnValue
        public Builder channelPrefix(String prefix) {
            channelPrefix = prefix;
            return this;
        }

        /**
         * The table of messages that do not fit into a notification, with or without its schema; default {@code
         * socket_io_attachments}. Official name: {@code tableName}.
         */
        @CanIgnoreReturnValue
        public Builder attachmentsTable(String table) {
            attachmentsTable = table;
            return this;
        }

        /** The size in bytes above which messages are sent through the table, at most 8,000. Default 8,000. */
        @CanIgnoreReturnValue
        public Builder payloadThreshold(int bytes) {
            payloadThreshold = bytes;
            return this;
        }

        /**
         * The interval at which old rows are deleted, and the minimum time that an attachment is kept; default 30
         * seconds. A server that is paused for longer loses attachments.
         */
        @CanIgnoreReturnValue
        public Builder cleanupInterval(Duration interval) {
            cleanupInterval = interval;
            return this;
        }

        /** How long to wait for the answers of other servers if the caller sets no timeout; default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder requestsTimeout(Duration timeout) {
            requestsTimeout = timeout;
            return this;
        }

        /** The interval at which a server reports that it is alive; default 5 seconds. */
        @CanIgnoreReturnValue
        public Builder heartbeatInterval(Duration interval) {
            heartbeatInterval = interval;
            return this;
        }

        /**
         * How long a server may be silent before it is considered dead; must be longer than the interval; default 10
         * seconds.
         */
        @CanIgnoreReturnValue
        public Builder heartbeatTimeout(Duration timeout) {
            heartbeatTimeout = timeout;
            return this;
        }

        /**
         * The data source of the listening connection; default: the data source of the adapter. Set a direct data
         * source if the other one uses PgBouncer in transaction mode, which does not forward notifications.
         */
        @CanIgnoreReturnValue
        public Builder listenDataSource(@Nullable DataSource source) {
            listenDataSource = source;
            return this;
        }

        /**
         * Whether missing tables are created, which requires the permission to do so; default true. Existing tables are
         * not changed. {@link PostgresSchema} has the statements for a migration tool.
         */
        @CanIgnoreReturnValue
        public Builder createTables(boolean create) {
            createTables = create;
            return this;
        }

        /** The table of events of the durable mode, with or without its schema; default {@code socket_io_events}. */
        @CanIgnoreReturnValue
        public Builder eventsTable(String table) {
            eventsTable = table;
            return this;
        }

        /** The table of sessions of the durable mode, with or without its schema; default {@code socket_io_sessions}. */
        @CanIgnoreReturnValue
        public Builder sessionsTable(String table) {
            sessionsTable = table;
            return this;
        }

        /**
         * How long events are kept in the durable mode; default 10 minutes. A server that is disconnected for longer
         * misses events, and clients cannot recover from older events.
         */
        @CanIgnoreReturnValue
        public Builder retention(Duration time) {
            retention = time;
            return this;
        }

        /** The approximate number of events kept in the durable mode; default 100,000. */
        @CanIgnoreReturnValue
        public Builder maxEvents(long events) {
            maxEvents = events;
            return this;
        }

        /**
         * The interval at which the session of a connected client is stored again in the durable mode with connection
         * state recovery, in addition to each change of its rooms; default 1 minute.
         */
        @CanIgnoreReturnValue
        public Builder sessionRefresh(Duration time) {
            sessionRefresh = time;
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException if a value is out of its bounds
         */
        public PostgresOptions build() {
            if (channelPrefix.indexOf('\0') >= 0
                    || channelPrefix.isEmpty()
                    || channelPrefix.getBytes(StandardCharsets.UTF_8).length > 40) {
                throw new IllegalArgumentException(
                        "channelPrefix must have 1 to 40 bytes, none of them zero, was \"" + channelPrefix + "\"");
            }
            table("attachmentsTable", attachmentsTable);
            table("eventsTable", eventsTable);
            table("sessionsTable", sessionsTable);
            if (payloadThreshold < 1 || payloadThreshold > NOTIFY_LIMIT) {
                throw new IllegalArgumentException("payloadThreshold must be 1 to 8,000, was " + payloadThreshold);
            }
            if (maxEvents < 1) {
                throw new IllegalArgumentException("maxEvents must be 1 or more, was " + maxEvents);
            }
            time("cleanupInterval", cleanupInterval);
            time("requestsTimeout", requestsTimeout);
            time("heartbeatInterval", heartbeatInterval);
            time("retention", retention);
            time("sessionRefresh", sessionRefresh);
            time("heartbeatTimeout", heartbeatTimeout);
            if (heartbeatTimeout.compareTo(heartbeatInterval) <= 0) {
                throw new IllegalArgumentException("heartbeatTimeout must be longer than heartbeatInterval");
            }
            return new PostgresOptions(this);
        }

        private static void table(String option, String name) {
            if (!TABLE.matcher(name).matches()) {
                throw new IllegalArgumentException(
                        option + " must be a plain name of at most 40 characters, with or without a schema," + " was \""
                                + name + "\"");
            }
        }

        private static void time(String option, Duration time) {
            if (time.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        option + " must be at most " + LONGEST.toDays() + " days, was " + time);
            }
            if (time.toMillis() < 1) {
                throw new IllegalArgumentException(option + " must be 1 ms or more, was " + time);
            }
        }
    }
}
