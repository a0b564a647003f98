package dev.sockeye.kafka;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import dev.sockeye.socketio.adapter.cluster.EmitterTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.KafkaException;

/**
 * Emitters for servers with {@link KafkaAdapter}. Specific to Sockeye.
 *
 * <p>A message is a record that servers receive even if they were disconnected when it was sent. If Kafka is unreachable, the
 * future of a message fails after 10 seconds; the message may still be stored later. The topics must exist: the first server
 * creates them.
 */
public final class KafkaEmitter {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration CLOSING = Duration.ofSeconds(3);

    private KafkaEmitter() {}

    /**
     * Creates an emitter for a Kafka cluster without security.
     *
     * @param bootstrapServers some of the brokers as {@code host:port}, separated by commas
     */
    public static Emitter connect(String bootstrapServers) {
        return connect(Map.of("bootstrap.servers", bootstrapServers), KafkaAdapterOptions.defaults());
    }

    /**
     * Creates an emitter with properties and options; of the options, only the topic, the partitioning and the queue size are used.
     *
     * @param properties the properties of Kafka's clients, as in {@link KafkaAdapter#create(Map, KafkaAdapterOptions)}
     */
    public static Emitter connect(Map<String, ?> properties, KafkaAdapterOptions options) {
        KafkaWriter writer = new KafkaWriter(new ClientProperties(properties), options.maxQueuedBytes());
        writer.start();
        return Emitter.over(new Transport(writer, options));
    }

    private static final class Transport implements EmitterTransport {
        private final KafkaWriter writer;
        private final KafkaAdapterOptions options;
        private final byte[] id = Headers.bytes(UUID.randomUUID().toString());
        private long number;

        Transport(KafkaWriter writer, KafkaAdapterOptions options) {
            this.writer = writer;
            this.options = options;
        }

        @Override
        public CompletableFuture<Void> send(List<ClusterMessage> messages) {
            List<byte[]> encoded = new ArrayList<>(messages.size());
            messages.forEach(message -> encoded.add(ClusterCodec.encode(message)));
            List<CompletableFuture<Void>> all = new ArrayList<>(messages.size());
            synchronized (this) { // numbers and records must be in the same order
                for (int i = 0; i < encoded.size(); i++) {
                    all.add(add(messages.get(i), encoded.get(i)));
                }
            }
            return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new))
                    .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        }

        private CompletableFuture<Void> add(ClusterMessage message, byte[] value) {
            CompletableFuture<Void> stored = new CompletableFuture<>();
            boolean request = message instanceof ClusterMessage.ServerSideEmit;
            KafkaWriter.Entry entry = new KafkaWriter.Entry(
                            request ? options.requestTopic() : options.topic(),
                            EventPartition.hash(message, options.partitioning()),
                            Headers.bytes(message.namespace()),
                            value,
                            false,
                            error -> {
                                if (error == null) {
                                    stored.complete(null);
                                } else {
                                    stored.completeExceptionally(error);
                                }
                            })
                    .header(Headers.SENDER, id)
                    .header(Headers.NUMBER, Headers.bytes(++number));
            if (!writer.add(entry)) {
                stored.completeExceptionally(
                        new KafkaException("the queue for Kafka is full, or the emitter is closed"));
            }
            return stored;
        }

        @Override
        public void close() {
            writer.close(CLOSING);
        }
    }
}
