import org.jspecify.annotations.NullMarked;

/** Several servers around one PostgreSQL, Node servers among them, and the emitter for processes that are not a server. */
@NullMarked
module dev.sockeye.postgres {
    requires transitive dev.sockeye.server;
    requires transitive java.sql;
    requires org.postgresql.jdbc;
    requires static org.checkerframework.checker.qual;
    requires static com.google.errorprone.annotations;
    requires transitive org.jspecify;

    exports dev.sockeye.postgres;
}
