package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.RedisConnections.Kind;
import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Commands sent to Redis in one turn of the event loop are written with one system call. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupedWritesTest {
    private static final int MESSAGES = 200;
    private static final Pattern READS = Pattern.compile("total_reads_processed:(\\d+)");

    private RedisProcess redis;
    private RedisLink link;

    @BeforeAll
    void open() throws Exception {
        redis = RedisProcess.embedded();
        link = new RedisLink(RedisURI.create(redis.uri()));
        link.retain().get(20, TimeUnit.SECONDS);
    }

    @AfterAll
    void close() throws Exception {
        link.release().join();
        redis.close();
    }

    /** How often Redis has read from a connection. */
    private int reads() {
        Matcher found = READS.matcher(redis.ask("info stats"));
        assertThat(found.find()).isTrue();
        return Integer.parseInt(found.group(1));
    }

    /** Runs on the thread of the connection, so that nothing is written before the action has finished. */
    private void inOneTurn(Runnable action) throws Exception {
        Objects.requireNonNull(link.commands())
                .ping()
                .toCompletableFuture()
                .thenRun(action)
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void messagesAreWrittenInBatchesAndArriveInOrder() throws Exception {
        List<String> got = new ArrayList<>();
        CompletableFuture<Void> all = new CompletableFuture<>();
        link.subscribe(Kind.CHANNEL, "channel", this, (channel, message) -> {
                    got.add(RedisLink.text(message));
                    if (got.size() == MESSAGES) {
                        all.complete(null);
                    }
                })
                .get(20, TimeUnit.SECONDS);
        int before = reads();
        inOneTurn(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                var unused = link.publish(Kind.CHANNEL, "channel", RedisLink.bytes("message " + i));
            }
        });
        all.get(20, TimeUnit.SECONDS);
        assertThat(reads() - before).isLessThan(MESSAGES / 10);
        assertThat(got)
                .containsExactlyElementsOf(IntStream.range(0, MESSAGES)
                        .mapToObj(i -> "message " + i)
                        .toList());
    }

    @Test
    void streamEntriesAreWrittenInBatches() throws Exception {
        StreamAppender appender = new StreamAppender(link, "stream", RedisStreamsAdapterOptions.defaults());
        int before = reads();
        inOneTurn(() -> {
            for (int i = 0; i < MESSAGES; i++) {
                appender.add(Map.of("type", "3"), false, offset -> {});
            }
        });
        Awaiting.until(() -> appender.queued() == 0); // asks Redis nothing, which would be a read
        assertThat(reads() - before).isLessThan(MESSAGES / 10);
        assertThat(redis.ask("xlen stream")).isEqualTo(Integer.toString(MESSAGES));
    }
}
