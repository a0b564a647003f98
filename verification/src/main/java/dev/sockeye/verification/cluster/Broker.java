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

/** The adapter that the servers use. */
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

    /** Creates adapters for a broker at a URI. */
    public abstract AdapterFactory adapter(String uri);

    /**
     * Starts the broker.
     *
     * @param durable whether it writes each message to disk before it responds, so that it can be killed
     * @return {@code null} if it is not installed on this machine
     */
    public @Nullable BrokerServer start(boolean durable) throws IOException {
        if (this == KAFKA) {
            return KafkaServer.begin();
        }
        return isPostgres() ? PostgresServer.find() : RedisServer.of(this, durable);
    }

    /** How to install the broker if it is missing. */
    public String missing() {
        return isPostgres()
                ? "no PostgreSQL here (Debian's package postgresql, or SOCKEYE_POSTGRES_BIN)"
                : "no Redis 7 here (redis-server on the path, or SOCKEYE_REDIS_SERVER)";
    }

    /** Whether it must not lose, duplicate or reorder messages. */
    public boolean isDurable() {
        return this == STREAMS || this == POSTGRES_DURABLE || this == KAFKA;
    }
}
