package dev.sockeye.verification.cluster;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Finds ports for brokers and servers in other processes. */
final class LocalPorts {
    private LocalPorts() {}

    /**
     * A free port below those that operating systems give to clients and to servers on port 0: one of them could take
     * such a port before its process listens, or while that process is down.
     */
    static int free() throws IOException {
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (IOException e) {
                // taken
            }
        }
        throw new IOException("no free port");
    }
}
