package dev.sockeye.cli.load.plan;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.sockeye.socketio.client.transport.TransportName;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The operating system limits that a run requires. */
public final class Limits {
    private static final int RESERVE = 100;

    private Limits() {}

    /** The number of file descriptors that the plan needs: polling uses two connections for each user. */
    static long needed(LoadPlan plan) {
        return (long) plan.mostUsers()
                        * (plan.options().transports().contains(TransportName.POLLING)
                                        && !plan.options().upgrade()
                                ? 2
                                : 1)
                + RESERVE;
    }

    /** The reason why the run is not possible; {@code null} if it is possible. */
    public static @Nullable String complaint(LoadPlan plan) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            String complaint = descriptors(plan, system.getMaxFileDescriptorCount());
            if (complaint != null) {
                return complaint;
            }
        }
        return ports(plan, portRange());
    }

    public static @Nullable String descriptors(LoadPlan plan, long allowed) {
        return allowed > 0 && needed(plan) > allowed ? descriptorAdvice(plan, allowed) : null;
    }

    public static String descriptorAdvice(LoadPlan plan) {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                ? descriptorAdvice(plan, system.getMaxFileDescriptorCount())
                : "too many open files; use fewer connections";
    }

    private static String descriptorAdvice(LoadPlan plan, long allowed) {
        return Units.count(plan.mostUsers()) + " connections need about " + Units.count(needed(plan))
                + " file descriptors, but the limit of this process is " + Units.count(allowed)
                + ". Raise it in this shell with \"ulimit -n " + needed(plan)
                + "\" (beyond the hard limit: LimitNOFILE of the service, or nofile in /etc/security/limits.conf), or use"
                + " fewer connections";
    }

    public static @Nullable String ports(LoadPlan plan, int ports) {
        if (ports <= 0 || needed(plan) - RESERVE <= ports) {
            return null;
        }
        return Units.count(plan.mostUsers()) + " connections to one address need as many local ports, but this machine"
                + " gives " + Units.count(ports)
                + ". Extend the range with \"sysctl -w net.ipv4.ip_local_port_range='1024"
                + " 65535'\", or run the load tester on several machines";
    }

    private static int portRange() {
        try {
            String[] ends = Files.readString(Path.of("/proc/sys/net/ipv4/ip_local_port_range"))
                    .strip()
                    .split("\\s+", -1);
            return Integer.parseInt(ends[1]) - Integer.parseInt(ends[0]) + 1;
        } catch (IOException | RuntimeException e) {
            return 0; // not Linux
        }
    }
}
