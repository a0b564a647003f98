package dev.sockeye.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Explains errors of PostgreSQL. */
final class PostgresErrors {
    private static final String TOO_MANY_CONNECTIONS = "53300";

    private PostgresErrors() {}

    /** Whether the connection is unusable, or its server is shutting down. */
    static boolean isDisconnection(Throwable error) {
        if (!(error instanceof SQLException sql) || sql.getSQLState() == null) {
            return true;
        }
        String state = sql.getSQLState();
        return state.startsWith("08") || state.startsWith("57P") || state.equals(TOO_MANY_CONNECTIONS);
    }

    /** Whether PostgreSQL refuses the content, and always will. */
    static boolean isOfData(Throwable error) {
        return error instanceof SQLException sql
                && sql.getSQLState() != null
                && sql.getSQLState().startsWith("22");
    }

    /** The cause, and how to fix it if that is known. */
    static String explain(Throwable error, PostgresOptions options) {
        String message = message(error);
        String state = error instanceof SQLException sql ? sql.getSQLState() : null;
        String advice = state == null ? null : advice(state, options);
        return advice == null ? message : message + ": " + advice;
    }

    private static String message(Throwable error) {
        String message = error.getMessage();
        String first =
                message == null ? error.toString() : message.lines().findFirst().orElse("");
        Throwable cause = error.getCause();
        return cause == null || cause == error || cause.getMessage() == null
                ? first
                : first + " (" + cause.getMessage().lines().findFirst().orElse("") + ")";
    }

    private static @Nullable String advice(String state, PostgresOptions options) {
        return switch (state) {
            case "42P01", "42883" ->
                "a table or function is missing; create those of PostgresSchema, or set createTables, and check the search_path";
            case "42501" ->
                "grant the user SELECT, INSERT, UPDATE and DELETE on " + options.attachmentsTable() + ", "
                        + options.eventsTable() + " and " + options.sessionsTable()
                        + ", USAGE on their sequences, and CREATE on the schema if the tables are to be created";
            case "25006" ->
                "this is a read-only replica, or a database that is read-only as its disk is full; connect to the primary";
            case "28P01", "28000" -> "check user and password";
            case "42P05", "26000", "08P01" ->
                "is PgBouncer in transaction mode in between? Set a direct connection as listenDataSource, or add"
                        + " prepareThreshold=0 to the URL";
            case "55P03" ->
                "another transaction keeps a lock on " + options.eventsTable()
                        + ", for example because of SET CONSTRAINTS ALL IMMEDIATE after it has sent an event; see pg_locks";
            case "22P05" -> "create the database with the encoding UTF8";
            case "53100" -> "free space on its disk";
            case "3D000" -> "the database does not exist";
            case TOO_MANY_CONNECTIONS -> "raise max_connections, or use smaller pools";
            case "54000", "53400" ->
                "the queue of notifications is full; a session that listens is idle in a transaction";
            default -> null;
        };
    }
}
