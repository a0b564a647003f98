package dev.sockeye.redis;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.lettuce.core.StreamMessage;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/**
 * The last entries that were read from a stream, to recognize them after the stream has lost entries. They are compared by their contents
 * too: a replica that was behind has become the master, and gives an id again to another entry if its clock is behind. Thread-safe.
 */
final class RecentEntries {
    private static final int MOST = 500;

    /** The checksums of the contents, by id, in the order in which the entries were read. */
    @GuardedBy("this")
    private final Map<String, Long> all = new LinkedHashMap<>();

    /** Entries that were read and perhaps lost: a sender that does not know that its entry was added adds it again. */
    @GuardedBy("this")
    private final Set<Long> again = new HashSet<>();

    synchronized void clear() {
        all.clear();
        again.clear();
    }

    /** Remembers an entry; returns whether it was not known. */
    synchronized boolean add(StreamMessage<byte[], byte[]> entry) {
        long content = checksum(entry);
        Long known = all.remove(entry.getId());
        all.put(entry.getId(), content);
        if (all.size() > MOST) {
            all.remove(all.keySet().iterator().next());
        }
        return (known == null || known != content)
                && !(again.contains(content) && isNumbered(entry) && again.remove(content));
    }

    /** Whether an entry is the one that was read with its id, as far as is known. */
    synchronized boolean isSame(StreamMessage<byte[], byte[]> entry) {
        Long known = all.get(entry.getId());
        return known == null || known == checksum(entry);
    }

    /** The smallest id of all that are known: after entries were lost, it need not be that of the entry that was read first. */
    synchronized @Nullable String oldest() {
        return all.isEmpty() ? null : Collections.min(all.keySet(), StreamIds::compare);
    }

    /** Entries were lost. */
    synchronized void lost() {
        again.clear();
        again.addAll(all.values());
    }

    /** Only the contents of numbered entries are unique. */
    private static boolean isNumbered(StreamMessage<byte[], byte[]> entry) {
        return entry.getBody() != null
                && entry.getBody().keySet().stream()
                        .anyMatch(name -> RedisLink.text(name).equals(StreamAppender.NUMBER));
    }

    private static long checksum(StreamMessage<byte[], byte[]> entry) {
        long sum = 0;
        if (entry.getBody() != null) {
            for (Map.Entry<byte[], byte[]> field : entry.getBody().entrySet()) {
                long one = checksum(new CRC32C(), field) << 32 | checksum(new CRC32(), field);
                sum += one * 0x9e3779b97f4a7c15L; // the fields have no order
            }
        }
        return sum;
    }

    private static long checksum(Checksum checksum, Map.Entry<byte[], byte[]> field) {
        checksum.update(field.getKey());
        checksum.update(0);
        checksum.update(field.getValue());
        return checksum.getValue();
    }
}
