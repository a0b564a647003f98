package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.SocketIoServer;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.access.prepost.PreAuthorize;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.method.configuration.EnableMethodSecurity;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** Spring Security before the handshake; health, metrics and the endpoint. */
@Timeout(60)
final class SecurityAndActuatorTest {
    private static ConfigurableApplicationContext context;
    private static SocketIoClient client;
    private static final CompletableFuture<String> LATER = new CompletableFuture<>();

    @SocketIoController
    static class Who {
        @OnEvent("who")
        String who(Principal principal, dev.sockeye.socketio.server.Socket socket) {
            socket.join("asked");
            return principal.getName();
        }

        @OnEvent("later")
        CompletableFuture<String> later() {
            return LATER;
        }

        @OnEvent("admin")
        @PreAuthorize("hasRole('ADMIN')")
        public String admin() {
            return "well";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableMethodSecurity
    @Import(Who.class)
    static class Application {
        Application(SocketIoServer io) {
            io.of("/admin").use(SocketIoSecurity.hasAnyRole("ADMIN"));
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
                    .csrf(csrf -> csrf.ignoringRequestMatchers("/socket.io/**"))
                    .httpBasic(Customizer.withDefaults())
                    .build();
        }

        @Bean
        UserDetailsService users() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ann").password("{noop}a").roles("ADMIN").build(),
                    User.withUsername("bob").password("{noop}b").roles("USER").build());
        }
    }

    @BeforeAll
    static void start() {
        context = Clients.run(
                Application.class,
                "--management.endpoints.web.exposure.include=*",
                "--management.endpoint.health.show-details=always");
        client = SocketIoClient.create();
    }

    @AfterAll
    static void stop() {
        client.close();
        context.close();
    }

    @Test
    void bytesAcknowledgementsMailboxesAndHeartbeatsAreMeasured() throws Exception {
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        SocketIoServer io = context.getBean(SocketIoServer.class);
        double before = meters.get("sockeye.bytes.received").counter().count();
        Socket socket = socket("", "ann:a").connectBlocking(SOON);
        socket.on("ask", (args, ack) -> ack.send("x".repeat(1000)));
        io.sockets().sockets().get(socket.id()).emitWithAck("ask").get(10, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(meters.get("sockeye.ack")
                        .tags("namespace", "/", "outcome", "answered")
                        .timer()
                        .count())
                .isEqualTo(1));
        assertThat(meters.get("sockeye.bytes.received").counter().count()).isGreaterThan(before + 1000);
        assertThat(meters.get("sockeye.bytes.sent").counter().count()).isGreaterThan(10);
        assertThat(meters.get("sockeye.heartbeats.missed").counter().count()).isZero();
        assertThat(meters.get("sockeye.mailbox.packets").gauge().value()).isZero();
        assertThat(meters.get("sockeye.mailbox.age").gauge().value()).isZero();
        CountDownLatch go = new CountDownLatch(1);
        io.sockets().sockets().get(socket.id()).on("slow", (args, ack) -> {
            go.await(20, TimeUnit.SECONDS);
            ack.send();
        });
        CompletableFuture<?> slow = socket.emitWithAck("slow");
        await().until(() -> meters.find("sockeye.mailbox.age").gauge().value() > 0);
        assertThat(meters.get("sockeye.mailbox.packets").gauge().value()).isEqualTo(1);
        go.countDown();
        slow.get(10, TimeUnit.SECONDS);
        await().until(() -> meters.get("sockeye.mailbox.age").gauge().value() == 0);
        assertThat(meters.get("sockeye.mailbox.wait").timer().count()).isGreaterThanOrEqualTo(1);
    }

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private static Socket socket(String namespace, String login) {
        return client.socket(
                Clients.url(context) + namespace,
                ClientOptions.builder()
                        .forceNew(true)
                        .reconnection(false)
                        .extraHeaders(Map.of("Authorization", basic(login)))
                        .build());
    }

    private static String get(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(Clients.url(context) + path))
                                .header("Authorization", basic("ann:a"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
    }

    @Test
    void theHandshakeIsCheckedByTheFilterChain() throws Exception {
        assertThat(socket("", "ann:a").connectBlocking(SOON).call("who", SOON).get(0))
                .isEqualTo("ann");
        CompletableFuture<ConnectErrorException> refused = new CompletableFuture<>();
        socket("", "ann:wrong").onConnectError(refused::complete);
        assertThat(refused.get(10, TimeUnit.SECONDS)).isNotNull();
    }

    @Test
    void aNamespaceCanRequireARole() throws Exception {
        assertThat(socket("/admin", "ann:a").connectBlocking(SOON).connected()).isTrue();
        CompletableFuture<ConnectErrorException> refused = new CompletableFuture<>();
        socket("/admin", "bob:b").onConnectError(refused::complete);
        assertThat(refused.get(10, TimeUnit.SECONDS)).hasMessageContaining("forbidden");
    }

    @Test
    void methodSecurityAppliesToHandlers() throws Exception {
        assertThat(socket("", "ann:a").connectBlocking(SOON).call("admin", SOON).get(0))
                .isEqualTo("well");
        assertThat(socket("", "bob:b").connectBlocking(SOON).call("admin", SOON).get(0))
                .isEqualTo(Map.of("error", "forbidden"));
    }

    @Test
    void healthEndpointAndMetersReportServerActivity() throws Exception {
        Socket socket = socket("", "bob:b").connectBlocking(SOON);
        socket.call("who", SOON);
        assertThat(get("/actuator/health")).contains("\"sockeye\"").contains("\"servers\":1");
        assertThat(get("/actuator/sockeye")).contains("\"/socket.io\"").contains("\"asked\":");
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        assertThat(meters.get("sockeye.sockets").tag("namespace", "/").gauge().value())
                .isGreaterThanOrEqualTo(1);
        assertThat(meters.get("sockeye.events.received")
                        .tag("namespace", "/")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(1);
        await().untilAsserted(() -> assertThat(meters.get("sockeye.handler")
                        .tag("event", "who")
                        .timer()
                        .count())
                .isGreaterThanOrEqualTo(1));
        get("/socket.io/?EIO=9&transport=polling");
        assertThat(meters.get("sockeye.handshakes.refused")
                        .tag("code", "5")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(1);
        socket.disconnect();
        await().untilAsserted(() -> assertThat(meters.get("sockeye.disconnects")
                        .tag("reason", "client namespace disconnect")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(1));
    }

    @Test
    void anObservationLastsUntilTheAsyncResultCompletes() throws Exception {
        MeterRegistry meters = context.getBean(MeterRegistry.class);
        Socket socket = socket("", "bob:b").connectBlocking(SOON);
        CompletableFuture<?> answer = socket.emitWithAck("later");
        // both handlers of this client have returned now
        socket.call("who", SOON);
        assertThat(meters.find("sockeye.handler").tag("event", "later").timer()).isNull();
        assertThat(LATER.complete("now")).isTrue();
        answer.get(10, TimeUnit.SECONDS);
        await().untilAsserted(() -> assertThat(meters.get("sockeye.handler")
                        .tag("event", "later")
                        .timer()
                        .count())
                .isEqualTo(1));
    }
}
