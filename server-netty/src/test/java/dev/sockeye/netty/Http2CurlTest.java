package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The curl of the system over HTTP/2: a client whose TLS, ALPN and HTTP/2 are neither Netty's nor the JDK's. */
@Timeout(60)
class Http2CurlTest {
    private static final String POLLING = "/socket.io/?EIO=4&transport=polling";

    @TempDir
    private Path folder;

    private final SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.defaults());
    private Path certificate;

    @BeforeEach
    void start() throws Exception {
        if (!hasHttp2()) {
            System.out.println(
                    "SKIPPED: no curl with HTTP/2 on the path (package curl); HTTP/2 is tested with the JDK's client");
            abort("no curl with HTTP/2");
        }
        KeyStore keys = TestKeys.make(folder, "server");
        certificate = Files.writeString(
                folder.resolve("server.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("server").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        io.onConnection(socket -> socket.on("echo", (args, ack) -> ack.send(args.get(0))));
        io.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new NettyHostProvider(
                        NettyHostOptions.builder().tls(keys, TestKeys.PASSWORD).build()));
    }

    @AfterEach
    void stop() {
        io.closeAsync().join();
    }

    private static boolean hasHttp2() throws IOException, InterruptedException {
        boolean found = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(each -> Files.isExecutable(Path.of(each, "curl")));
        return found && run(List.of("curl", "--version")).contains("HTTP2");
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** The version of HTTP, the status and the body. */
    private String curl(String path, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "curl",
                "--silent",
                "--show-error",
                "--http2",
                "--noproxy",
                "*",
                "--max-time",
                "30",
                "--cacert",
                certificate.toString(),
                "--resolve",
                "localhost:" + io.port() + ":"
                        + InetAddress.getLoopbackAddress().getHostAddress(),
                "--write-out",
                "\n%{http_version} %{http_code}"));
        command.addAll(List.of(more));
        command.add("https://localhost:" + io.port() + path);
        String output = run(command);
        int end = output.lastIndexOf('\n');
        return output.substring(end + 1) + " " + output.substring(0, end);
    }

    @Test
    void aSocketConnectsAndReceivesAnAckByPollingOverHttp2() throws Exception {
        String open = curl(POLLING);
        assertThat(open).startsWith("2 200 0{\"sid\":\"");
        String session = POLLING + "&sid=" + open.split("\"", -1)[3];
        assertThat(curl(session, "--data-binary", "40")).isEqualTo("2 200 ok");
        assertThat(curl(session)).startsWith("2 200 40{\"sid\":\"");
        assertThat(curl(session, "--data-binary", "421[\"echo\",\"grüße\"]")).isEqualTo("2 200 ok");
        assertThat(curl(session)).isEqualTo("2 200 431[\"grüße\"]");
        assertThat(curl(POLLING + "&sid=unknown")).isEqualTo("2 400 {\"code\":1,\"message\":\"Session ID unknown\"}");
    }

    @Test
    void theClientBundleIsServedOverHttp2() throws Exception {
        String bundle = curl("/socket.io/socket.io.min.js", "--compressed");
        assertThat(bundle).startsWith("2 200 ").contains("Socket.IO v4");
        assertThat(bundle.length()).isGreaterThan(40_000);
    }
}
