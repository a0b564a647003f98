package dev.sockeye.verification.fuzz;

import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.RawDocument;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/** A decoder of an adapter or of the client. They are not public, so reflection is used. */
final class FuzzedDecoder {
    private static final String REDIS = "dev.sockeye.redis.";
    private static final String POSTGRES = "dev.sockeye.postgres.";
    private static final String KAFKA = "dev.sockeye.kafka.";
    private static final String CLIENT = "dev.sockeye.socketio.client.engine.";

    /** More than the session table of a test run may keep: it has to evict. */
    private static final long TABLE_BYTES = 2_000;

    private static final Method REDIS_BROADCAST = method(REDIS + "PubSubReader", "broadcast", byte[].class);
    private static final Method REDIS_REQUEST =
            method(REDIS + "PubSubReader", "request", Map.class, String.class, String.class);
    private static final Method REDIS_ANSWER = method(REDIS + "PubSubReader", "answer", byte[].class, String.class);
    private static final Method REDIS_SESSION = method(REDIS + "SessionCodec", "decode", byte[].class);
    private static final Method REDIS_ENTRY = method(REDIS + "StreamsTransport", "message", Map.class);
    private static final Method POSTGRES_NOTICE = method(POSTGRES + "Notice", "received", String.class);
    private static final Method POSTGRES_MESSAGE = method(POSTGRES + "Notice", "message", byte[].class, String.class);
    private static final Method POSTGRES_SESSION = method(POSTGRES + "SessionStore", "decode", byte[].class);
    private static final Method KAFKA_SESSION = method(KAFKA + "KafkaSessions", "decode", byte[].class);
    private static final Method HANDSHAKE = method(CLIENT + "Handshake", "parse", String.class);

    private FuzzedDecoder() {}

    private static Method method(String type, String name, Class<?>... parameters) {
        try {
            Method found = Class.forName(type).getDeclaredMethod(name, parameters);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Calls a decoder; empty if it rejects the input with an exception that its callers expect. */
    private static Optional<Object> call(Method decoder, Object... arguments) {
        try {
            Object decoded = decoder.invoke(null, arguments);
            if (decoded instanceof ClusterMessage message) {
                encode(message);
            }
            return Optional.ofNullable(decoded);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause();
            if (cause instanceof DecodeException || cause instanceof TransportException) {
                return Optional.empty();
            }
            throw new IllegalStateException(decoder + " fails", cause);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What was decoded can be sent on, unless its arguments are malformed. */
    private static void encode(ClusterMessage message) {
        try {
            ClusterCodec.encode(message);
        } catch (BindingException e) {
            // found only when an argument is read
        }
    }

    private static byte[] rest(byte[] input) {
        return Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
    }

    private static int first(byte[] input) {
        return input.length == 0 ? 0 : input[0] & 0xff;
    }

    /** A message or session in Redis; the first byte selects the decoder. */
    static void redis(byte[] input) {
        byte[] rest = rest(input);
        switch (first(input) % 5) {
            case 0 -> call(REDIS_BROADCAST, rest);
            case 1 -> {
                try {
                    call(REDIS_REQUEST, RawDocument.fields(rest), "uid", "/");
                } catch (DecodeException e) {
                    // rejected
                }
            }
            case 2 -> call(REDIS_ANSWER, rest, "/");
            case 3 -> call(REDIS_SESSION, (Object) rest);
            default -> {
                Map<String, String> fields = new HashMap<>();
                fields.put("uid", "uid");
                fields.put("nsp", "/");
                fields.put("type", Integer.toString(rest.length == 0 ? -1 : rest[0]));
                fields.put("data", new String(rest(rest), StandardCharsets.UTF_8));
                call(REDIS_ENTRY, fields);
            }
        }
    }

    /** A notification, an attachment or a session in PostgreSQL; the first byte selects the decoder. */
    static void postgres(byte[] input) {
        byte[] rest = rest(input);
        switch (first(input) % 3) {
            case 0 -> {
                call(POSTGRES_NOTICE, new String(rest, StandardCharsets.UTF_8));
                call(POSTGRES_MESSAGE, rest, "/");
            }
            case 1 -> call(POSTGRES_MESSAGE, rest, "/");
            default -> call(POSTGRES_SESSION, (Object) rest);
        }
    }

    /** A session, or records of the sessions topic, in Kafka; the first byte selects the decoder. */
    static void kafka(byte[] input) {
        byte[] rest = rest(input);
        if (first(input) % 2 == 0) {
            call(KAFKA_SESSION, (Object) rest);
            return;
        }
        try {
            Class<?> type = Class.forName(KAFKA + "SessionTable");
            Constructor<?> made = type.getDeclaredConstructor(Function.class, long.class);
            made.setAccessible(true);
            Function<String, @Nullable Object> servers = uid -> null;
            Object table = made.newInstance(servers, TABLE_BYTES);
            Method read = method(type.getName(), "onRecord", ConsumerRecord.class, boolean.class);
            String kinds = "strf?";
            for (int at = 0; at + 4 <= rest.length; at += 4) {
                ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                        "sessions", 0, at, new byte[] {(byte) (rest[at] & 3)}, Arrays.copyOf(rest, at));
                record.headers().add("k", new byte[] {(byte) kinds.charAt((rest[at + 1] & 0xff) % kinds.length())});
                record.headers().add("e", Arrays.copyOf(rest, rest[at + 2] & 15));
                record.headers().add("x", new byte[] {0, 0, 0, 0, rest[at + 2], rest[at + 3], 0, 0});
                record.headers().add("s", new byte[] {(byte) (rest[at + 3] & 3)});
                read.invoke(table, record, (rest[at + 3] & 4) == 0);
            }
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("the session table failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The open packet that a client receives. */
    static void handshake(byte[] input) {
        call(HANDSHAKE, new String(input, StandardCharsets.UTF_8));
    }
}
