package dev.sockeye.verification.simulation;

import dev.sockeye.verification.simulation.ClientSession.Way;
import java.time.Duration;
import java.util.List;

/** The settings of a run, derived from the seed. */
final class Plan {
    /** The number of threads that simulates virtual threads: a handler may wait for work of another handler. */
    static final int UNLIMITED = 10_000;

    final int nodes;
    final int clients;
    /** The number of Sockeye clients in addition. */
    final int javaClients;

    final int loops;
    final int threads;
    final int refusals;
    final boolean recovery;
    /** Whether the servers share a log, so that clients recover on any of them. */
    final boolean logged;
    /** How many entries the log keeps. */
    final int logSize;

    final boolean dynamic;
    final boolean blocking;
    final boolean throwing;
    final Duration pingInterval;
    final Duration pingTimeout;
    final long latency;
    final long jitter;
    final Duration length;
    /** The approximate number of network faults in a run. */
    final int faults;

    final int maxConnections;
    final int mailboxCapacity;
    final long maxOutboundBytes;
    final long maxInboundBytes;
    final long maxTotalInboundBytes;
    /** Whether the Sockeye clients send their events one at a time, and again if no acknowledgement arrives. */
    final boolean retries;
    /** Whether the broker counts the servers, as Redis does; otherwise they find each other by heartbeats. */
    final boolean counting;

    final List<Way> ways;

    Plan(Dice dice) {
        nodes = dice.permille(500) ? 1 : (int) dice.between(2, 3);
        clients = (int) dice.between(2, 6);
        loops = (int) dice.between(1, 3);
        threads = dice.permille(250) ? 0 : dice.permille(300) ? UNLIMITED : (int) dice.between(1, 4);
        refusals = dice.permille(200) ? 300 : 0;
        boolean alone = nodes == 1 && dice.permille(700);
        dynamic = dice.permille(300);
        blocking = threads > 0 && dice.permille(500);
        throwing = dice.permille(300);
        pingInterval = Duration.ofMillis(dice.between(1_000, 5_000));
        pingTimeout = Duration.ofMillis(dice.between(500, 3_000));
        latency = dice.between(100_000, 40_000_000);
        jitter = dice.between(10_000, 30_000_000);
        length = Duration.ofMillis(dice.between(1_500, 8_500));
        faults = dice.permille(200) ? 0 : (int) dice.between(1, 10);
        mailboxCapacity = dice.permille(300) ? (int) dice.between(2, 20) : 1_000;
        long outbound = !alone && dice.permille(400) ? dice.between(4_000, 60_000) : 16 << 20;
        ways = ways(dice.below(5));
        maxInboundBytes = dice.permille(300) ? dice.between(10_000, 80_000) : 4 << 20;
        maxTotalInboundBytes = dice.permille(200) ? dice.between(30_000, 200_000) : 64 << 20;
        counting = dice.permille(500);
        javaClients = dice.permille(600) ? (int) dice.between(1, 2) : 0;
        maxConnections = dice.permille(300) ? clients + javaClients + (int) dice.between(0, 2) : 0;
        logged = nodes > 1 && dice.permille(600);
        logSize = dice.permille(150) ? (int) dice.between(5, 60) : 1_000_000;
        recovery = alone || logged;
        maxOutboundBytes = recovery ? 16 << 20 : outbound;
        retries = javaClients > 0 && dice.permille(300);
    }

    private static List<Way> ways(int kind) {
        return switch (kind) {
            case 0 -> List.of(Way.WEBSOCKET);
            case 1 -> List.of(Way.POLLING);
            case 2 -> List.of(Way.UPGRADE);
            default -> List.of(Way.WEBSOCKET, Way.POLLING, Way.UPGRADE);
        };
    }

    @Override
    public String toString() {
        return "servers " + nodes + ", clients " + clients + ", Sockeye clients " + javaClients + ", loops " + loops
                + ", handler threads " + threads
                + ", refusals " + refusals
                + ", recovery " + recovery + ", log " + (logged ? logSize : 0) + ", dynamic " + dynamic + ", blocking "
                + blocking + ", throwing "
                + throwing + ", ping " + pingInterval + "/" + pingTimeout + ", latency " + latency / 1_000 + "+"
                + jitter / 1_000 + " us, length " + length + ", faults " + faults + ", maxConnections "
                + maxConnections + ", mailboxCapacity " + mailboxCapacity + ", maxOutboundBytes " + maxOutboundBytes
                + ", maxInboundBytes "
                + maxInboundBytes + ", maxTotalInboundBytes " + maxTotalInboundBytes + ", counting " + counting
                + ", retries " + retries;
    }
}
