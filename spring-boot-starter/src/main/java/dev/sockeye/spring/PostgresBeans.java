package dev.sockeye.spring;

import dev.sockeye.postgres.PostgresAdapter;
import dev.sockeye.postgres.PostgresDurableAdapter;
import dev.sockeye.postgres.PostgresEmitter;
import dev.sockeye.postgres.PostgresOptions;
import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.spring.SockeyeProperties.AdapterType;
import javax.sql.DataSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.util.ClassUtils;

/** Adapter and emitter over the application's PostgreSQL. Loaded only if sockeye-adapter-postgres is on the class path. */
final class PostgresBeans {
    private PostgresBeans() {}

    static AdapterFactory adapter(AdapterType type, BeanFactory beans) {
        return type == AdapterType.POSTGRES_DURABLE
                ? PostgresDurableAdapter.create(source(beans), options(beans))
                : PostgresAdapter.create(source(beans), options(beans));
    }

    /** @param transactional whether it sends in the transaction of its caller, if Spring's transactions are on the class path */
    static Emitter emitter(AdapterType type, boolean transactional, BeanFactory beans) {
        DataSource source = source(beans);
        PostgresEmitter emitter = type == AdapterType.POSTGRES_DURABLE
                ? PostgresEmitter.connectDurable(source, options(beans))
                : PostgresEmitter.connect(source, options(beans));
        boolean spring =
                ClassUtils.isPresent("org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy", null);
        return transactional && spring ? Transactions.in(emitter, source) : emitter;
    }

    private static PostgresOptions options(BeanFactory beans) {
        return beans.getBeanProvider(PostgresOptions.class).getIfAvailable(PostgresOptions::defaults);
    }

    private static DataSource source(BeanFactory beans) {
        DataSource source = beans.getBeanProvider(DataSource.class).getIfUnique();
        if (source == null) {
            throw new InvalidSockeyePropertyException(
                    "sockeye.adapter.type needs exactly one bean DataSource for PostgreSQL, or a primary one", null);
        }
        return source;
    }

    /** Loaded only if spring-jdbc is on the class path. */
    private static final class Transactions {
        static Emitter in(PostgresEmitter emitter, DataSource source) {
            return emitter.in(new TransactionAwareDataSourceProxy(source));
        }
    }
}
