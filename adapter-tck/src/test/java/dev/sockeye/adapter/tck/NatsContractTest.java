package dev.sockeye.adapter.tck;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The example of docs/write-an-adapter.md, against Debian's nats-server. */
class NatsContractTest extends ClusterAdapterContract {
    @Override
    protected ClusterBroker startBroker() throws Exception {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
        Path found = Stream.of(path.split(File.pathSeparator, -1))
                .map(folder -> Path.of(folder, "nats-server"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
        assumeTrue(found != null, "no nats-server here (package nats-server)");
        return new NatsBroker(found);
    }

    private static final class NatsBroker implements ClusterBroker {
        private final Path program;
        private final int port;
        private Process process;

        NatsBroker(Path program) throws IOException {
            this.program = program;
            port = LocalPorts.free();
            start();
        }

        @Override
        public Node node() {
            TcpProxy way = new TcpProxy(port);
            return new Node() {
                @Override
                public AdapterFactory adapter() {
                    return namespace ->
                            new ClusterAdapter(namespace, new NatsTransport("nats://127.0.0.1:" + way.port()), OPTIONS);
                }

                @Override
                public void cut() {
                    way.cut();
                }

                @Override
                public void heal() {
                    way.heal();
                }

                @Override
                public void close() {
                    way.close();
                }
            };
        }

        @Override
        public boolean canCut() {
            return true;
        }

        @Override
        public boolean canRestart() {
            return true;
        }

        @Override
        public void stop() throws Exception {
            process.destroyForcibly().waitFor();
        }

        @Override
        public void start() throws IOException {
            process = new ProcessBuilder(List.of(program.toString(), "-a", "127.0.0.1", "-p", Integer.toString(port)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
