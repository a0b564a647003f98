package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What emitters do while Redis is away. */
class EmitterWithoutRedisTest {

    private static void emit(Emitter emitter) throws Exception {
        emitter.to("room").emit("event", 1).get(20, TimeUnit.SECONDS);
    }

    /** In one time without Redis, channels and streams. */
    @Test
    void emittersFailDuringAnOutageAndRecoverAfterwards() throws Exception {
        try (RedisProcess redis = RedisProcess.embedded();
                Emitter channels = RedisEmitter.connect(redis.uri());
                Emitter streams = RedisEmitter.connectStreams(redis.uri())) {
            List<Emitter> both = List.of(channels, streams);
            for (Emitter emitter : both) {
                emit(emitter);
            }
            redis.kill();
            for (Emitter emitter : both) {
                assertThatThrownBy(() -> emit(emitter)).isInstanceOf(ExecutionException.class);
            }
            redis.startAgain();
            for (Emitter emitter : both) {
                Awaiting.until(() -> {
                    emit(emitter);
                    return true;
                });
            }
        }
    }
}
