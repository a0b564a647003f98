package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.server.SocketIoServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationConverter;
import org.springframework.security.oauth2.server.resource.authentication.JwtAuthenticationToken;
import org.springframework.security.web.SecurityFilterChain;

/** A JWT resource server: tokens in a header of the handshake, and tokens that expire and are renewed while a client is connected. */
@Timeout(60)
final class TokenTest {
    private static final SecretKeySpec KEY = new SecretKeySpec(
            "an example's key of 32 bytes, no more".substring(0, 32).getBytes(StandardCharsets.UTF_8), "HmacSHA256");

    private static ConfigurableApplicationContext context;
    private static SocketIoClient client;

    // tag::tokens[]
    /** Accepts clients with a valid token until the token expires; a client stays connected by sending a new one. */
    @SocketIoController("/live")
    static class TokenGuard {
        record Credentials(String token) {}

        private final JwtDecoder decoder;
        private final JwtAuthenticationConverter converter = new JwtAuthenticationConverter();

        TokenGuard(SocketIoServer io, JwtDecoder decoder) {
            this.decoder = decoder;
            io.of("/live").use((socket, next) -> {
                try {
                    admit(socket, socket.handshake().auth(Credentials.class).token());
                    next.next();
                } catch (JwtException e) {
                    next.fail("invalid token");
                }
            });
        }

        @OnEvent("refresh")
        Instant refresh(dev.sockeye.socketio.server.Socket socket, String token) {
            return admit(socket, token);
        }

        @SocketIoExceptionHandler(JwtException.class)
        String refused() {
            return "invalid token";
        }

        private Instant admit(dev.sockeye.socketio.server.Socket socket, String token) {
            Jwt jwt = decoder.decode(token);
            SocketIoSecurity.login(socket, converter.convert(jwt), jwt.getExpiresAt());
            return jwt.getExpiresAt();
        }
    }
    // end::tokens[]

    @SocketIoController({"/live", "/header"})
    static class Who {
        @OnEvent("who")
        String who(JwtAuthenticationToken token) {
            return token.getName() + " " + token.getTokenAttributes().get("n");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({TokenGuard.class, Who.class})
    static class Application {
        // tag::chain[]
        /** For clients that can send headers. Browsers cannot send headers with WebSocket: they send the token in {@code auth}. */
        @Bean
        SecurityFilterChain chain(HttpSecurity http) throws Exception {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers("/socket.io/**")
                            .permitAll()
                            .anyRequest()
                            .authenticated())
                    .csrf(csrf -> csrf.ignoringRequestMatchers("/socket.io/**"))
                    .oauth2ResourceServer(server -> server.jwt(Customizer.withDefaults()))
                    .build();
        }
        // end::chain[]

        @Bean
        JwtDecoder decoder() {
            return NimbusJwtDecoder.withSecretKey(KEY).build();
        }
    }

    @BeforeAll
    static void start() {
        context = Clients.run(new Class<?>[] {Application.class, OneContainer.Tomcat.class});
        client = SocketIoClient.create();
    }

    @AfterAll
    static void stop() {
        client.close();
        context.close();
    }

    private static String token(int number, Duration validity) {
        JwtClaimsSet claims = JwtClaimsSet.builder()
                .subject("ann")
                .claim("n", number)
                .expiresAt(Instant.now().plus(validity))
                .build();
        return NimbusJwtEncoder.withSecretKey(KEY)
                .build()
                .encode(JwtEncoderParameters.from(
                        JwsHeader.with(MacAlgorithm.HS256).build(), claims))
                .getTokenValue();
    }

    private static Socket live(String token) {
        return client.socket(
                Clients.url(context) + "/live",
                ClientOptions.builder()
                        .forceNew(true)
                        .auth(Map.of("token", token))
                        .build());
    }

    @Test
    void aTokenInTheHeaderProvidesThePrincipal() throws Exception {
        for (TransportName transport : List.of(TransportName.POLLING, TransportName.WEBSOCKET)) {
            Socket socket = client.socket(
                            Clients.url(context) + "/header",
                            ClientOptions.builder()
                                    .transports(transport)
                                    .forceNew(true)
                                    .extraHeaders(Map.of("Authorization", "Bearer " + token(7, Duration.ofHours(1))))
                                    .build())
                    .connectBlocking(SOON);
            assertThat(socket.call("who", SOON).get(0)).isEqualTo("ann 7");
        }
    }

    @Test
    void anInvalidTokenIsRefusedByTheFilterChainAndByTheMiddleware() throws Exception {
        CompletableFuture<ConnectErrorException> byChain = new CompletableFuture<>();
        client.socket(
                        Clients.url(context) + "/header",
                        ClientOptions.builder()
                                .forceNew(true)
                                .reconnection(false)
                                .extraHeaders(Map.of("Authorization", "Bearer nonsense"))
                                .build())
                .onConnectError(byChain::complete);
        assertThat(byChain.get(10, TimeUnit.SECONDS)).isNotNull();
        CompletableFuture<ConnectErrorException> byMiddleware = new CompletableFuture<>();
        live("nonsense").onConnectError(byMiddleware::complete);
        assertThat(byMiddleware.get(10, TimeUnit.SECONDS)).hasMessageContaining("invalid token");
    }

    @Test
    void theClientIsNotifiedAndDisconnectedWhenItsTokenExpires() throws Exception {
        Queue<String> seen = new ConcurrentLinkedQueue<>();
        CompletableFuture<DisconnectReason> gone = new CompletableFuture<>();
        long start = System.nanoTime();
        Socket socket = live(token(1, Duration.ofSeconds(3)));
        socket.on(SocketIoSecurity.EXPIRED, (args, ack) -> seen.add("told"));
        socket.onDisconnect((reason, details) -> gone.complete(reason));
        socket.connectBlocking(SOON);
        assertThat(socket.call("who", SOON).get(0)).isEqualTo("ann 1");
        assertThat(gone.get(20, TimeUnit.SECONDS)).isEqualTo(DisconnectReason.IO_SERVER_DISCONNECT);
        assertThat(seen).containsExactly("told");
        // a token's times are in whole seconds
        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofMillis(1900).toNanos());
    }

    @Test
    void aRefreshedTokenExtendsTheConnectionWithoutReconnecting() throws Exception {
        CompletableFuture<DisconnectReason> gone = new CompletableFuture<>();
        Socket socket = live(token(1, Duration.ofSeconds(3)));
        socket.onDisconnect((reason, details) -> gone.complete(reason));
        socket.connectBlocking(SOON);
        String id = socket.id();
        assertThat(socket.call("refresh", SOON, "nonsense").get(0)).isEqualTo(Map.of("error", "invalid token"));
        assertThat(String.valueOf(socket.call("refresh", SOON, token(2, Duration.ofHours(1)))
                        .get(0)))
                .startsWith("2");
        assertThat(socket.call("who", SOON).get(0)).isEqualTo("ann 2");
        assertThat(gone).failsWithin(Duration.ofSeconds(4));
        assertThat(socket.connected()).isTrue();
        assertThat(socket.id()).isEqualTo(id);
    }
}
