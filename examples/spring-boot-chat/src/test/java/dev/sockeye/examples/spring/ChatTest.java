package dev.sockeye.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The chat with clients, by REST, and in headless Chromium. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
final class ChatTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Path SCRIPTS = Path.of("src/test/browser").toAbsolutePath();

    private static ConfigurableApplicationContext context;
    private static SocketIoClient client;

    @BeforeAll
    static void start() {
        // a busy machine may take long to upgrade
        context = application("--sockeye.upgrade-timeout=60s");
        client = SocketIoClient.create();
    }

    @AfterAll
    static void stop() {
        client.close();
        context.close();
    }

    private static ConfigurableApplicationContext application(String argument) {
        return SpringApplication.run(ChatApplication.class, "--server.port=0", "--logging.level.root=warn", argument);
    }

    private static String address() {
        return address(context);
    }

    private static String address(ConfigurableApplicationContext context) {
        return "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/";
    }

    private static String basic(String user) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":salmon").getBytes(StandardCharsets.UTF_8));
    }

    private static Socket socket(String user, String name) {
        return client.socket(
                address(),
                ClientOptions.builder()
                        .forceNew(true)
                        .reconnection(false)
                        .extraHeaders(Map.of("Authorization", basic(user)))
                        .auth(Map.of("name", name))
                        .build());
    }

    private static HttpResponse<String> http(String path, String user, Optional<String> text) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address() + path))
                .header("Authorization", basic(user))
                .header("Content-Type", "application/json");
        text.ifPresent(words -> request.POST(HttpRequest.BodyPublishers.ofString("{\"text\": \"" + words + "\"}")));
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    @Test
    void theRestEndpointsEmitToARoomAndToAllClients() throws Exception {
        BlockingQueue<Object> anna = new LinkedBlockingQueue<>();
        BlockingQueue<Object> bruno = new LinkedBlockingQueue<>();
        Socket inside = socket("anna", "Anna").connectBlocking(SOON);
        Socket outside = socket("bruno", "Bruno").connectBlocking(SOON);
        inside.on("chat message", (args, ack) -> anna.add(((Map<?, ?>) args.get(0)).get("text")));
        outside.on("chat message", (args, ack) -> bruno.add(((Map<?, ?>) args.get(0)).get("text")));
        assertThat(inside.call("join room", SOON, "#tea").get(0)).isEqualTo("#tea");
        assertThat(http("api/rooms/tea/announcements", "anna", Optional.of("at four"))
                        .statusCode())
                .isEqualTo(202);
        assertThat(http("api/announcements", "anna", Optional.of("hello")).statusCode())
                .isEqualTo(202);
        assertThat(anna.poll(10, TimeUnit.SECONDS)).isEqualTo("at four");
        assertThat(anna.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(bruno.poll(10, TimeUnit.SECONDS)).isEqualTo("hello");
        assertThat(http("api/announcements", "bruno", Optional.of("no")).statusCode())
                .isEqualTo(403);
        assertThat(http("api/announcements", "anna", Optional.of(" ")).statusCode())
                .isEqualTo(400);
        inside.disconnect();
        outside.disconnect();
    }

    @Test
    void connectionsWithoutLoginOrNameAreRefused() throws Exception {
        CompletableFuture<ConnectErrorException> unknown = new CompletableFuture<>();
        socket("mallory", "Mallory").onConnectError(unknown::complete);
        assertThat(unknown.get(10, TimeUnit.SECONDS)).isNotNull();
        CompletableFuture<ConnectErrorException> nameless = new CompletableFuture<>();
        socket("anna", " ").onConnectError(nameless::complete);
        assertThat(nameless.get(10, TimeUnit.SECONDS)).hasMessageContaining("Please choose a name");
    }

    @Test
    void onlyAdministratorsCanReadTheActuatorEndpoint() throws Exception {
        Socket anna = socket("anna", "Anna").connectBlocking(SOON);
        anna.call("join room", SOON, "#figures");
        assertThat(http("actuator/sockeye", "anna", Optional.empty()).body()).contains("\"#figures\":1");
        assertThat(http("actuator/metrics/sockeye.sockets", "anna", Optional.empty())
                        .body())
                .contains("\"VALUE\"");
        assertThat(http("actuator/health", "anna", Optional.empty()).body()).contains("\"sockeye\"");
        assertThat(http("actuator/sockeye", "bruno", Optional.empty()).statusCode())
                .isEqualTo(403);
        anna.disconnect();
    }

    @Test
    void onlyAdministratorsCanCloseARoom() throws Exception {
        Socket bruno = socket("bruno", "Bruno").connectBlocking(SOON);
        bruno.call("join room", SOON, "#closing");
        assertThat(bruno.call("close room", SOON, "#closing").get(0)).isEqualTo(Map.of("error", "forbidden"));
        assertThat(http("actuator/sockeye", "anna", Optional.empty()).body()).contains("\"#closing\":1");
        Socket anna = socket("anna", "Anna").connectBlocking(SOON);
        assertThat(anna.call("close room", SOON, "#closing").size()).isZero();
        assertThat(http("actuator/sockeye", "anna", Optional.empty()).body()).doesNotContain("#closing");
        anna.disconnect();
        bruno.disconnect();
    }

    @Test
    void twoPeopleChatInABrowserOverWebsocketAndSeeAnnouncements() throws Exception {
        inBrowser(address(), "websocket");
    }

    @Test
    void twoPeopleChatInABrowserOverPollingOnlyAndSeeAnnouncements() throws Exception {
        try (ConfigurableApplicationContext polling = application("--sockeye.transports=polling")) {
            inBrowser(address(polling), "polling");
        }
    }

    private static void inBrowser(String address, String transport) throws Exception {
        Optional<String> chromium = chromium();
        if (chromium.isEmpty()) {
            skip("no Chromium found (package chromium, or SOCKEYE_CHROMIUM=/path/to/it)");
        } else if (!Files.isDirectory(SCRIPTS.resolve("node_modules/playwright-core"))) {
            skip(
                    "playwright-core is not installed (npm ci in examples/spring-boot-chat/src/test/browser; ./test does it)");
        } else {
            run(chromium.get(), address, transport);
        }
    }

    private static void run(String chromium, String address, String transport) throws Exception {
        Process process = new ProcessBuilder(
                        "node",
                        "chat.mjs",
                        chromium,
                        address,
                        Path.of("target/screenshots").toAbsolutePath().toString(),
                        transport)
                .directory(SCRIPTS.toFile())
                .redirectErrorStream(true)
                .start();
        StringBuilder output = new StringBuilder();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                System.out.println(line);
                output.append(line).append('\n');
            }
            assertThat(process.waitFor()).as(output.toString()).isZero();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void skip(String reason) {
        System.out.println("SKIPPED, the Spring Boot chat in a browser: " + reason);
        abort(reason);
    }

    private static Optional<String> chromium() {
        String given = System.getenv("SOCKEYE_CHROMIUM");
        if (given != null && !given.isEmpty()) {
            return Optional.of(given);
        }
        return Stream.of("chromium", "chromium-browser", "google-chrome")
                .flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }
}
