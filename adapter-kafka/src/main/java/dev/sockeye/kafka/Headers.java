package dev.sockeye.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The headers of our records: short names, as each record has them. */
final class Headers {
    /** The id of the server or emitter that wrote the record. */
    static final String SENDER = "u";

    /** The sender's own number of the record: it grows, and a record that is written again has the same. */
    static final String NUMBER = "n";

    /** The id of the only server that an answer is for. */
    static final String RECEIVER = "t";

    /** What a record of the topic of sessions says. */
    static final String KIND = "k";

    /** How many times a session was taken. */
    static final String EPOCH = "e";

    /** How many milliseconds a session is kept. */
    static final String KEEP = "x";

    /** Present when the client of a session is connected. */
    static final String LIVE = "h";

    /** The id of an attempt to take a session. */
    static final String ATTEMPT = "i";

    private Headers() {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    static String text(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }

    /** The number in a header; -1 for none. */
    static long number(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null || header.value().length != Long.BYTES
                ? -1
                : ByteBuffer.wrap(header.value()).getLong();
    }

    static boolean has(ConsumerRecord<byte[], byte[]> record, String name) {
        return record.headers().lastHeader(name) != null;
    }

    static String key(ConsumerRecord<byte[], byte[]> record) {
        byte @Nullable [] key = record.key();
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }
}
