import org.jspecify.annotations.NullMarked;

/** Adapters that connect several servers, including Node.js servers, through PostgreSQL, and emitters for other processes. */
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
