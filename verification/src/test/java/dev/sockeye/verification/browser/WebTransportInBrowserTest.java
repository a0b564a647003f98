package dev.sockeye.verification.browser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.netty.Certificates;
import dev.sockeye.netty.NettyHost;
import dev.sockeye.netty.NettyHostOptions;
import dev.sockeye.netty.NettyHostProvider;
import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The official client over WebTransport, in headless Chromium, against the Netty host. */
@Timeout(value = 900, unit = TimeUnit.SECONDS) // 200 pages, on demand
class WebTransportInBrowserTest {
    private final List<String> events = new CopyOnWriteArrayList<>();

    @Test
    @Tag("eioc.webtransport.01")
    @Tag("eioc.webtransport.02")
    @Tag("eioc.webtransport.03")
    @Tag("eioc.webtransport.04")
    @Tag("eioc.webtransport.05")
    @Tag("eioc.webtransport.06")
    @Tag("eioc.webtransport.07")
    @Tag("eioc.webtransport.08")
    @Tag("eioc.webtransport.09")
    @Tag("eioc.webtransport.10")
    @Tag("eioc.webtransport.11")
    void theOfficialClientUsesWebtransport(@TempDir Path folder) throws Exception {
        String chromium = Chromium.find("WebTransport in a browser");
        if (chromium == null) {
            return;
        }
        X509Bundle bundle = new CertificateBuilder()
                .ecp256()
                .subject("CN=localhost")
                .addSanDnsName("localhost")
                .notBefore(Instant.now().minus(Duration.ofHours(1)))
                .notAfter(Instant.now().plus(Duration.ofDays(7)))
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        Path chain = Files.writeString(folder.resolve("chain.pem"), bundle.getCertificatePathPEM());
        Path key = Files.writeString(folder.resolve("key.pem"), bundle.getPrivateKeyPEM());
        String hash = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(bundle.getCertificate().getEncoded()));
        NettyHostProvider host = new NettyHostProvider(NettyHostOptions.builder()
                .tls(Certificates.fromPem(chain.toFile(), key.toFile()))
                .webTransport(true)
                .build());
        SocketIoServer io = server();
        io.listen(new InetSocketAddress(0), host);
        InetSocketAddress address = new InetSocketAddress(io.port());
        NettyHost pages = NettyHost.listen(
                new InetSocketAddress(0),
                new EngineServer(EngineOptions.builder().build()),
                NettyHostOptions.builder()
                        .fallback(exchange -> {
                            if (exchange.request().uri().equals("/restart")) {
                                new Thread(() -> restart(io, address, host, exchange::respond), "restart").start();
                            } else if (exchange.request().uri().equals("/count")) {
                                exchange.respond(page(String.valueOf(io.engine().clientsCount())));
                            } else if (exchange.request().uri().equals("/heap")) {
                                exchange.respond(page(total()));
                            } else {
                                exchange.respond(page("<!doctype html><title>page</title>"));
                            }
                        })
                        .build());
        try {
            Chromium.run(
                    List.of(
                            "node",
                            "webtransport.mjs",
                            chromium,
                            "http://localhost:" + pages.address().getPort() + "/",
                            "https://localhost:" + io.port(),
                            hash),
                    Map.of());
            assertThat(events)
                    .contains("client namespace disconnect", "server namespace disconnect", "server shutting down");
            // the script ends with a browser that is killed
            await().atMost(Duration.ofSeconds(60)).until(() -> io.engine().clientsCount() == 0);
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofSeconds(1))
                    .untilAsserted(() -> assertThat(left()).isEmpty());
        } finally {
            pages.close();
            io.close();
        }
    }

    /** The remaining connections, sessions and streams of WebTransport on the heap, after a collection. */
    private static List<String> left() throws JMException {
        return histogram()
                .lines()
                .filter(line -> line.matches(
                        ".* dev.sockeye.webtransport.(Connection|Session|MessageStream|ConnectStream)( .*)?"))
                .toList();
    }

    private static String histogram() throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {null},
                        new String[] {String[].class.getName()});
    }

    /** The bytes on the heap, after a collection. */
    private static String total() {
        try {
            String last = histogram().lines().reduce("", (before, line) -> line);
            return last.strip().split("\\s+", -1)[2];
        } catch (JMException e) {
            return String.valueOf(e);
        }
    }

    private SocketIoServer server() {
        SocketIoServer io = SocketIoServer.create(SocketIoServerOptions.builder()
                .pingInterval(Duration.ofSeconds(2))
                // on a busy machine the browser may need long to answer; a message of a session that
                // has timed out is lost
                .pingTimeout(Duration.ofSeconds(25))
                .cors(cors -> cors.originPredicate((origin, request) -> origin.startsWith("http://localhost:")))
                .build());
        io.onConnection(socket -> {
            socket.on("text", String.class, (text, ack) -> ack.send(text));
            socket.on("binary", byte[].class, (data, ack) -> ack.send((Object) data));
            socket.on("leave", String.class, text -> {
                socket.emit("last", "x".repeat(100_000), text);
                socket.disconnect(true);
            });
            socket.onDisconnect((reason, description) -> events.add(reason.text()));
        });
        return io;
    }

    private static void restart(
            SocketIoServer io,
            InetSocketAddress address,
            NettyHostProvider host,
            java.util.function.Consumer<HostResponse> done) {
        try {
            io.close();
            io.listen(address, host);
            done.accept(page("done"));
        } catch (Exception e) {
            done.accept(page(String.valueOf(e)));
        }
    }

    private static HostResponse page(String text) {
        return new HostResponse(
                200, List.of(new Header("Content-Type", "text/html")), text.getBytes(StandardCharsets.UTF_8));
    }
}
