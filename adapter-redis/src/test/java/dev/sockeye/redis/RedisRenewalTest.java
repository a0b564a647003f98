package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.adapter.tck.TcpProxy;
import dev.sockeye.redis.RedisConnections.Kind;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The address leads to another Redis, while the connections to the former one stay open. */
class RedisRenewalTest {
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private static RedisLink open(int port) throws Exception {
        RedisLink link = new RedisLink(RedisURI.create("redis://127.0.0.1:" + port), SILENCE);
        link.retain().get(20, TimeUnit.SECONDS);
        return link;
    }

    private List<String> subscribe(RedisLink link) throws Exception {
        List<String> got = new CopyOnWriteArrayList<>();
        link.subscribe(Kind.CHANNEL, "channel", this, (channel, message) -> got.add(RedisLink.text(message)))
                .get(20, TimeUnit.SECONDS);
        return got;
    }

    private static void publishUntilReceived(RedisLink link, List<String> got) {
        Awaiting.until(() -> {
            var unused = link.publish(Kind.CHANNEL, "channel", RedisLink.bytes("message"));
            return !got.isEmpty();
        });
    }

    /** As when its machine is gone, or its process hangs, and Sentinel has chosen another one. */
    @Test
    void aRedisThatDoesNotAnswerIsLeft() throws Exception {
        try (RedisProcess one = RedisProcess.embedded();
                RedisProcess other = RedisProcess.embedded();
                TcpProxy name = new TcpProxy(one.port())) {
            RedisLink link = open(name.port());
            try {
                List<String> got = subscribe(link);
                one.pause();
                name.target(other.port());
                Awaiting.until(() -> {
                    other.ask("PUBLISH channel new");
                    return got.contains("new");
                });
                Awaiting.until(() -> link.health(0).problem() == null);
                got.clear();
                publishUntilReceived(link, got);
            } finally {
                one.resume();
                link.release().join();
            }
        }
    }

    /** It would pass messages to its own subscribers only, without an error. */
    @Test
    void aMasterThatBecomesAReplicaIsLeftWithoutCommandsThatItRefuses() throws Exception {
        try (RedisProcess one = RedisProcess.embedded();
                RedisProcess other = RedisProcess.embedded();
                TcpProxy name = new TcpProxy(one.port())) {
            RedisLink link = open(name.port());
            RedisLink direct = open(other.port());
            try {
                List<String> got = subscribe(direct);
                Awaiting.until(() -> one.ask("CLIENT LIST").contains("cmd=role")); // it was seen as a master
                one.ask("REPLICAOF 127.0.0.1 " + other.port());
                name.target(other.port());
                publishUntilReceived(link, got);
                Awaiting.until(() -> link.health(0).problem() == null);
            } finally {
                link.release().join();
                direct.release().join();
            }
        }
    }

    /** The application has chosen it. */
    @Test
    void aReplicaFromTheBeginningIsKept() throws Exception {
        try (RedisProcess master = RedisProcess.embedded();
                RedisProcess replica =
                        RedisProcess.embedded("--replicaof", "127.0.0.1", String.valueOf(master.port()))) {
            RedisLink link = new RedisLink(RedisURI.create(replica.uri()));
            link.retain().get(20, TimeUnit.SECONDS);
            try {
                List<String> got = subscribe(link);
                Awaiting.until(() -> replica.ask("CLIENT LIST").contains("cmd=role"));
                assertThat(link.health(0).problem()).isNull();
                publishUntilReceived(link, got);
            } finally {
                link.release().join();
            }
        }
    }

    /** Lettuce subscribes it again, and other servers would count it. */
    @Test
    void whatIsUnsubscribedDuringAnOutageIsNotSubscribedAfterwards() throws Exception {
        try (RedisProcess redis = RedisProcess.embedded()) {
            RedisLink link = open(redis.port());
            try {
                List<String> got = subscribe(link);
                link.subscribe(Kind.CHANNEL, "unused", this, (channel, message) -> {})
                        .get(20, TimeUnit.SECONDS);
                redis.kill();
                Awaiting.until(() -> link.health(0).problem() != null);
                link.unsubscribe(Kind.CHANNEL, "unused", this).get(20, TimeUnit.SECONDS);
                redis.startAgain();
                publishUntilReceived(link, got);
                Awaiting.until(() -> redis.ask("PUBLISH unused message").equals("0"));
            } finally {
                link.release().join();
            }
        }
    }
}
