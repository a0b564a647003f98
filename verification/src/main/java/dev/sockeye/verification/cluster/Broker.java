package dev.sockeye.verification.cluster;

import dev.sockeye.kafka.KafkaAdapter;
import dev.sockeye.postgres.PostgresAdapter;
import dev.sockeye.postgres.PostgresDurableAdapter;
import dev.sockeye.redis.RedisAdapter;
import dev.sockeye.redis.RedisStreamsAdapter;
import dev.sockeye.redis.ShardedRedisAdapter;
import dev.sockeye.socketio.adapter.AdapterFactory;
import java.io.IOException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** Which adapter the servers have. */
public enum Broker {
    PUBSUB {
        @Override
        public AdapterFactory adapter(String uri) {
            return RedisAdapter.create(uri);
        }
    },
    SHARDED {
        @Override
        public AdapterFactory adapter(String uri) {
            return ShardedRedisAdapter.create(uri);
        }
    },
    STREAMS {
        @Override
        public AdapterFactory adapter(String uri) {
            return RedisStreamsAdapter.create(uri);
        }
    },
    POSTGRES {
        @Override
        public AdapterFactory adapter(String uri) {
            return PostgresAdapter.create(source(uri));
        }
    },
    POSTGRES_DURABLE {
        @Override
        public AdapterFactory adapter(String uri) {
            return PostgresDurableAdapter.create(source(uri));
        }
    },
    KAFKA {
        @Override
        public AdapterFactory adapter(String uri) {
            return KafkaAdapter.create(uri);
        }
    };

    private static DataSource source(String url) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(url);
        return source;
    }

    private boolean isPostgres() {
        return this == POSTGRES || this == POSTGRES_DURABLE;
    }

    /** Adapters for a broker at a URI. */
    public abstract AdapterFactory adapter(String uri);

    /**
     * Starts the broker.
     *
     * @param durable it writes down each message before it answers, so that it may be killed
     * @return {@code null} when there is none here
     */
    public @Nullable BrokerServer start(boolean durable) throws IOException {
        if (this == KAFKA) {
            return KafkaServer.begin();
        }
        return isPostgres() ? PostgresServer.find() : RedisServer.of(this, durable);
    }

    /** What to do when there is none here. */
    public String missing() {
        return isPostgres()
                ? "no PostgreSQL here (Debian's package postgresql, or SOCKEYE_POSTGRES_BIN)"
                : "no Redis 7 here (redis-server on the path, or SOCKEYE_REDIS_SERVER)";
    }

    /** Whether it must lose, double and reorder nothing. */
    public boolean isDurable() {
        return this == STREAMS || this == POSTGRES_DURABLE || this == KAFKA;
    }
}
