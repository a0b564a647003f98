package dev.sockeye.netty;

import static dev.sockeye.netty.RawClient.head;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A poll for a session of another server that arrives while its host is closing")
class LatePollTest {
    private static final String SECRET = "the secret of this test";

    /** Lets the test choose when a request is handled. */
    private record Waiting(EngineServer engine, BlockingQueue<HttpExchange> exchanges) implements HostedEngine {
        @Override
        public boolean matches(String uri) {
            return engine.matches(uri);
        }

        @Override
        public boolean receiving(long change) {
            return engine.receiving(change);
        }

        @Override
        public void handle(HttpExchange exchange) {
            exchanges.add(exchange);
        }

        @Override
        public void handleUpgrade(WebSocketUpgrade upgrade) {
            engine.handleUpgrade(upgrade);
        }
    }

    private static NettyHost listen(HostedEngine engine) throws IOException {
        return NettyHost.listen(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                engine,
                NettyHostOptions.builder().loops(1).build());
    }

    private static EngineServer engine(String address) {
        return new EngineServer(EngineOptions.builder()
                .sessionForwarding(forwarding -> forwarding.secret(SECRET).address(address))
                .build());
    }

    private static String sessionOf(String address) throws Exception {
        NettyHost host = listen(engine(address));
        try (RawClient asking = new RawClient(host)) {
            asking.send(head("GET /engine.io/?EIO=4&transport=polling HTTP/1.1", "Host: x"));
            String body = asking.response().body();
            int from = body.indexOf("\"sid\":\"") + 7;
            return body.substring(from, body.indexOf('"', from));
        } finally {
            host.closeAsync().get(10, TimeUnit.SECONDS);
        }
    }

    /** The session's server would answer with a packet, and the answer would be lost; a proxy then repeats the poll. */
    @Test
    void isRefusedAndNotSentToTheOtherServer() throws Exception {
        try (ServerSocket node = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            node.setSoTimeout(10_000);
            String poll =
                    "/engine.io/?EIO=4&transport=polling&sid=" + sessionOf("http://127.0.0.1:" + node.getLocalPort());
            Waiting waiting = new Waiting(engine("http://127.0.0.1:1"), new LinkedBlockingQueue<>());
            NettyHost host = listen(waiting);
            try (RawClient client = new RawClient(host)) {
                client.send(head("GET " + poll + " HTTP/1.1", "Host: x"));
                HttpExchange first = waiting.exchanges.poll(10, TimeUnit.SECONDS);
                EngineLoop loop = first.loop();
                loop.execute(() -> waiting.engine.handle(first));
                try (RawClient at = new RawClient(node.accept())) { // this connection is used again
                    String end = "";
                    while (!end.endsWith("\r\n\r\n")) {
                        end += (char) at.in.readUnsignedByte();
                    }
                    at.send(head("HTTP/1.1 200 OK", "Content-Length: 1") + "6");
                    assertThat(client.response().body()).isEqualTo("6");

                    client.send(head("GET " + poll + " HTTP/1.1", "Host: x"));
                    HttpExchange late = waiting.exchanges.poll(10, TimeUnit.SECONDS);
                    loop.execute(() -> {
                        var unused = host.closeAsync();
                        loop.execute(() -> waiting.engine.handle(late)); // after the host has ended forwarded requests
                    });
                    assertThat(client.response().status()).isEqualTo(503);
                    assertThat(at.in.read()).as("nothing was sent").isEqualTo(-1);
                }
            } finally {
                host.closeAsync().get(10, TimeUnit.SECONDS);
            }
        }
    }
}
