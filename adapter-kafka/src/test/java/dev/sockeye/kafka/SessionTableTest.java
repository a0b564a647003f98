package dev.sockeye.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class SessionTableTest {
    private final SessionTable table = new SessionTable(uid -> null, 100_000);

    private void read(String kind, String sender, long epoch) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("sessions", 0, 0, Headers.bytes("pid"), Headers.bytes("session of " + sender));
        record.headers()
                .add(Headers.KIND, Headers.bytes(kind))
                .add(Headers.SENDER, Headers.bytes(sender))
                .add(Headers.EPOCH, Headers.bytes(epoch))
                .add(Headers.KEEP, Headers.bytes(60_000))
                .add(Headers.ATTEMPT, Headers.bytes("attempt"));
        table.onRecord(record, true);
    }

    /** It was paused while another server took the session over. */
    @Test
    void recordsOfAFormerHolderAreIgnored() {
        read(SessionTable.STORE, "former", 1);
        read(SessionTable.TAKE, "holder", 0);
        assertThat(table.epoch("pid", "holder")).isEqualTo(2);
        read(SessionTable.STORE, "former", 1);
        assertThat(table.epoch("pid", "holder")).isEqualTo(2);
        read(SessionTable.STORE, "other", 2);
        assertThat(table.epoch("pid", "holder")).as("the epoch of two servers").isEqualTo(2);
        read(SessionTable.REMOVE, "former", 0);
        assertThat(table.epoch("pid", "holder")).as("not removed").isEqualTo(2);
        read(SessionTable.REMOVE, "holder", 0);
        assertThat(table.epoch("pid", "holder")).as("removed").isEqualTo(1);
    }
}
