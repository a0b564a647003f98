package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The hosts of docs/hosting.md, with the real server. */
@Timeout(30)
final class HostingDocTest {

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Test
    void theChatExampleRunsInTomcat() throws Exception {
        Tomcat tomcat = HostingExamples.tomcat(0);
        int port = tomcat.getConnector().getLocalPort();
        RecordingClient socket = chat(port);
        tomcat.stop();
        tomcat.destroy();
        isClosed(socket);
    }

    @Test
    void theChatExampleRunsInJetty() throws Exception {
        Server server = HostingExamples.jetty(0);
        RecordingClient socket = chat(((ServerConnector) server.getConnectors()[0]).getLocalPort());
        server.stop();
        isClosed(socket);
    }

    @Test
    void theChatExampleRunsInUndertow() throws Exception {
        HostingExamples.RunningUndertow undertow = HostingExamples.undertow(0);
        InetSocketAddress address =
                (InetSocketAddress) undertow.server().getListenerInfo().get(0).getAddress();
        RecordingClient socket = chat(address.getPort());
        undertow.application().stop();
        undertow.application().undeploy();
        undertow.server().stop();
        isClosed(socket);
    }

    private static void isClosed(RecordingClient socket) throws Exception {
        try {
            assertThat(socket.closed.get(10, TimeUnit.SECONDS)).isNotEmpty();
        } catch (java.util.concurrent.ExecutionException | CompletionException e) {
            // a lost connection is closed too
        }
    }

    /** Two clients, one on each transport, receive each other's messages. */
    private RecordingClient chat(int port) throws Exception {
        RecordingClient socket =
                new RecordingClient(client, "ws://localhost:" + port + "/socket.io/?EIO=4&transport=websocket");
        assertThat((String) socket.next()).startsWith("0{\"sid\"");
        socket.send("40");
        assertThat((String) socket.next()).startsWith("40{\"sid\"");

        String poll = "http://localhost:" + port + "/socket.io/?EIO=4&transport=polling";
        String open = get(poll);
        assertThat(open).startsWith("0{").contains("\"upgrades\":[\"websocket\"]");
        String session = poll + "&sid=" + open.replaceAll(".*\"sid\":\"([^\"]+)\".*", "$1");
        assertThat(post(session, "40")).isEqualTo("ok");
        assertThat(get(session)).startsWith("40{");

        assertThat(post(session, "42[\"chat\",\"hello\"]")).isEqualTo("ok");
        assertThat(socket.next()).isEqualTo("42[\"chat\",\"hello\"]");
        assertThat(get(session)).isEqualTo("42[\"chat\",\"hello\"]");
        socket.send("42[\"chat\",\"héllo\"]");
        assertThat(get(session)).isEqualTo("42[\"chat\",\"héllo\"]");

        RecordingClient upgraded = new RecordingClient(
                client, session.replace("http:", "ws:").replace("transport=polling", "transport=websocket"));
        upgraded.send("2probe");
        assertThat(upgraded.next()).isEqualTo("3probe");
        assertThat(get(session)).isEqualTo("6");
        upgraded.send("5");
        upgraded.send("42[\"chat\",\"upgraded\"]");
        assertThat(upgraded.next()).isEqualTo("42[\"chat\",\"upgraded\"]");

        HttpRequest unknown =
                HttpRequest.newBuilder(URI.create(poll + "&sid=nobody")).build();
        assertThat(client.send(unknown, BodyHandlers.ofString()).body())
                .isEqualTo("{\"code\":1,\"message\":\"Session ID unknown\"}");
        return upgraded;
    }

    private String get(String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.ofString())
                .body();
    }

    private String post(String uri, String body) throws Exception {
        return client.send(
                        HttpRequest.newBuilder(URI.create(uri))
                                .POST(BodyPublishers.ofString(body))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void thePageContainsTheExampleCode() throws Exception {
        Path root = Path.of("").toAbsolutePath();
        String page = Files.readString(root.resolve("../docs/hosting.md"));
        String code = Files.readString(root.resolve("src/test/java/dev/sockeye/jakarta/HostingExamples.java"));
        List<String> parts = List.of(code.split("// doc: \\w+\n", -1));
        assertThat(parts).hasSize(5);
        for (String part : parts.subList(1, 5)) {
            String example =
                    part.substring(0, part.indexOf("// end")).stripIndent().stripTrailing();
            assertThat(page).contains(example);
        }
    }
}
