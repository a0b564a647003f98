package dev.sockeye.verification.soak;

import io.netty.buffer.PooledByteBufAllocator;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/** The live objects on the heap after a full collection: bytes, and the instances of each class of Sockeye and Netty. */
record Inventory(long heap, Map<String, Long> instances) {
    private static final Pattern LINE = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

    /** The heap growth that is accepted after the warm-up: caches, code, thread locals. */
    private static final long TOLERATED_BYTES = 6L << 20;

    private static final int TOLERATED_INSTANCES = 40;

    static Inventory take() {
        try {
            String histogram = "";
            for (int i = 0; i < 3; i++) {
                // the class histogram counts reachable objects only, so it collects first
                histogram = (String) ManagementFactory.getPlatformMBeanServer()
                        .invoke(
                                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                                "gcClassHistogram",
                                new Object[] {null},
                                new String[] {String[].class.getName()});
            }
            Map<String, Long> instances = new TreeMap<>();
            long heap = 0;
            for (String line : histogram.split("\n", -1)) {
                Matcher matcher = LINE.matcher(line);
                if (matcher.matches()) {
                    heap += Long.parseLong(matcher.group(2));
                    instances.merge(matcher.group(3), Long.parseLong(matcher.group(1)), Long::sum);
                }
            }
            return new Inventory(heap, instances);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    String summary() {
        return "%.1f MB live on the heap, %.1f MB of pooled direct chunks"
                .formatted(
                        heap / 1048576.0,
                        PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory() / 1048576.0);
    }

    List<String> grownSince(Inventory before) {
        List<String> grown = new ArrayList<>();
        if (heap > before.heap + TOLERATED_BYTES) {
            grown.add("%.1f MB more on the heap".formatted((heap - before.heap) / 1048576.0));
        }
        instances.forEach((name, count) -> {
            long more = count - before.instances.getOrDefault(name, 0L);
            boolean watched = name.startsWith("dev.sockeye.")
                    || name.startsWith("io.netty.channel.")
                    || name.startsWith("io.netty.util.concurrent.")
                    || name.startsWith("io.netty.handler.")
                    || name.startsWith("java.util.concurrent.CompletableFuture")
                    || name.startsWith("java.util.concurrent.ScheduledThreadPoolExecutor$");
            boolean expected = name.contains("$$Lambda")
                    || name.startsWith(Inventory.class.getPackageName() + ".") // the samples of the soak itself
                    || name.equals(
                            "io.netty.channel.ChannelOutboundBuffer$Entry"); // pooled by each loop, up to a limit
            if (watched && !expected && more > TOLERATED_INSTANCES) {
                grown.add(more + " more instances of " + name);
            }
        });
        return grown;
    }
}
