package dev.sockeye.verification;

import dev.sockeye.verification.cluster.ClusterBench;
import dev.sockeye.verification.cluster.ClusterFaults;
import dev.sockeye.verification.cluster.ClusterNode;
import dev.sockeye.verification.cluster.Forwarding;
import dev.sockeye.verification.cluster.ForwardingNode;
import dev.sockeye.verification.cluster.RollingRestart;
import dev.sockeye.verification.differential.Differential;
import dev.sockeye.verification.simulation.Simulate;
import dev.sockeye.verification.soak.ClientScale;
import dev.sockeye.verification.soak.Soak;
import dev.sockeye.verification.soak.StalledReader;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The programs behind {@code ./sockeye-verify}. */
@Command(
        name = "sockeye-verify",
        mixinStandardHelpOptions = true,
        description = "Servers and long runs that verify Sockeye.",
        subcommands = {
            Eio4Server.class,
            Eio3Server.class,
            Sio5Server.class,
            SiocServer.class,
            EiocServer.class,
            WsEchoServer.class,
            AdminServer.class,
            LoadTarget.class,
            Soak.class,
            ClientScale.class,
            StalledReader.class,
            Fuzz.class,
            Jmh.class,
            Memory.class,
            Graphs.class,
            ClusterNode.class,
            ClusterFaults.class,
            ClusterBench.class,
            RollingRestart.class,
            Forwarding.class,
            ForwardingNode.class,
            Differential.class,
            Simulate.class,
            ScreenshotServers.class,
        })
public final class Verify {
    private Verify() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Verify())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }
}
