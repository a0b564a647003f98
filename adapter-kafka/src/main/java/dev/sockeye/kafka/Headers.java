package dev.sockeye.kafka;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** The headers of Sockeye's records. The names are short because every record has them. */
final class Headers {
    /** The id of the server or emitter that wrote the record. */
    static final String SENDER = "u";

    /** The sender's own sequence number. It increases, and a record that is written again has the same number. */
    static final String NUMBER = "n";

    /** The id of the only server that a response is addressed to. */
    static final String RECEIVER = "t";

    /** The kind of a record of the sessions topic. */
    static final String KIND = "k";

    /** How many times a session was taken over. */
    static final String EPOCH = "e";

    /** How many milliseconds a session is kept. */
    static final String KEEP = "x";

    /** Present if the client of a session is connected. */
    static final String LIVE = "h";

    /** The id of an attempt to take over a session. */
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

    /** The number in a header; -1 if it is missing. */
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
