package dev.sockeye.verification.soak;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The resources of the process at one moment.
 *
 * @param seconds since the start of the run
 * @param heap bytes of the heap after a full collection
 * @param direct bytes of direct memory: NIO buffers and Netty's own allocations
 * @param resident resident memory of the process in bytes; 0 if the system does not provide it
 * @param threads live threads
 * @param descriptors open files and sockets; 0 if the system does not provide it
 * @param sessions open sessions of all servers, as a measure of the load
 */
record Footprint(double seconds, long heap, long direct, long resident, int threads, long descriptors, int sessions) {
    static final String HEADER = "seconds,heap_mb,direct_mb,resident_mb,threads,descriptors,sessions";

    private static final double MB = 1 << 20;

    static Footprint take(double seconds, int sessions) {
        for (int i = 0; i < 2; i++) {
            System.gc();
        }
        long direct = Math.max(0, PlatformDependent.usedDirectMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                direct += pool.getMemoryUsed();
            }
        }
        return new Footprint(
                seconds,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                Math.max(direct, PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory()),
                residentBytes(),
                ManagementFactory.getThreadMXBean().getThreadCount(),
                openDescriptors(),
                sessions);
    }

    private static long openDescriptors() {
        OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
        return system instanceof com.sun.management.UnixOperatingSystemMXBean unix
                ? unix.getOpenFileDescriptorCount()
                : 0;
    }

    private static long residentBytes() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    double heapMegabytes() {
        return heap / MB;
    }

    double directMegabytes() {
        return direct / MB;
    }

    double residentMegabytes() {
        return resident / MB;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "%.0f,%.2f,%.2f,%.1f,%d,%d,%d",
                seconds,
                heapMegabytes(),
                directMegabytes(),
                residentMegabytes(),
                threads,
                descriptors,
                sessions);
    }

    /** The resources that have grown from the second quarter of a run to its last, by more than load and caches explain. */
    static List<String> growth(List<Footprint> samples) {
        if (samples.size() < 8) {
            return List.of();
        }
        int quarter = samples.size() / 4;
        List<Footprint> early = samples.subList(quarter, 2 * quarter);
        List<Footprint> late = samples.subList(samples.size() - quarter, samples.size());
        return Stream.of(
                        grown(
                                "MB of heap",
                                median(early, Footprint::heapMegabytes),
                                median(late, Footprint::heapMegabytes),
                                4),
                        grown(
                                "MB of direct memory",
                                median(early, Footprint::directMegabytes),
                                median(late, Footprint::directMegabytes),
                                8),
                        grown("threads", median(early, Footprint::threads), median(late, Footprint::threads), 4),
                        grown(
                                "descriptors",
                                median(early, Footprint::descriptors),
                                median(late, Footprint::descriptors),
                                8))
                .flatMap(List::stream)
                .toList();
    }

    private interface Value {
        double of(Footprint footprint);
    }

    private static double median(List<Footprint> samples, Value value) {
        double[] sorted = samples.stream().mapToDouble(value::of).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    private static List<String> grown(String what, double early, double late, double tolerated) {
        return late > early * 1.05 + tolerated
                ? List.of(String.format(
                        Locale.ROOT, "%s grew: %.1f in the second quarter, %.1f in the last", what, early, late))
                : List.of();
    }
}
