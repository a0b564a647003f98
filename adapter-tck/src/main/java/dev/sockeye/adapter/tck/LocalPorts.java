package dev.sockeye.adapter.tck;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for brokers that a test starts. */
public final class LocalPorts {
    private static final int FIRST = 20_000;
    private static final int LAST = 32_000;

    /** None is given twice: a broker may not listen yet on the port that it was given. */
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private LocalPorts() {}

    /**
     * A free port below those that operating systems give to clients and to servers on port 0: one of them could take
     * such a port before the broker is started, or while the broker is down.
     */
    public static int free() {
        return free(FIRST, LAST);
    }

    /** A free port of this range; both ends are included. It was not given before in this JVM. */
    public static int free(int first, int last) {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(first, last + 1);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port from " + first + " to " + last);
    }

    /** Whether no server on this machine has this port. */
    public static boolean isFree(int port) {
        try (ServerSocket server = new ServerSocket(port)) {
            return server.isBound();
        } catch (IOException e) {
            return false;
        }
    }
}
