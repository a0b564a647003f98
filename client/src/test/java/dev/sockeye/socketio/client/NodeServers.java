package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.JacksonBinding;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;

/** The official servers of {@code src/test/js}, one process for all tests; it ends with this JVM. */
final class NodeServers {
    private static final NodeServers SHARED = new NodeServers();

    private final Map<?, ?> ports;

    private NodeServers() {
        try {
            File folder = Path.of("src/test/js").toFile();
            if (!Files.isDirectory(Path.of("src/test/js/node_modules/socket.io"))) {
                Process npm = new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund")
                        .directory(folder)
                        .inheritIO()
                        .start();
                if (npm.waitFor() != 0) {
                    throw new IllegalStateException("npm ci failed");
                }
            }
            Process node = new ProcessBuilder("node", "servers.js")
                    .directory(folder)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Runtime.getRuntime().addShutdownHook(new Thread(node::destroy));
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
            String line = reader.readLine();
            if (line == null) {
                throw new IllegalStateException("the Node servers did not start");
            }
            byte[] json = line.getBytes(StandardCharsets.UTF_8);
            ports = (Map<?, ?>) JacksonBinding.shared().read(json, 0, json.length, new ArrayList<>(), Object.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static int port(String name) {
        return ((Number) SHARED.ports.get(name)).intValue();
    }

    static String url(String name) {
        return "http://127.0.0.1:" + port(name);
    }

    static String main() {
        return url("main");
    }
}
