package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.examples.Client;
import dev.sockeye.socketio.server.SocketIoServer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class AuthenticationTest {
    private static final byte[] SECRET = "a secret of at least thirty-two bytes".getBytes(StandardCharsets.UTF_8);

    // tag::jwt
    record Credentials(String token) {}

    record Claims(String sub, long exp) {}

    /** Checks a JSON Web Token signed with HMAC-SHA256 and returns its claims. */
    static Claims verify(String token, byte[] secret, Instant now) throws GeneralSecurityException {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new GeneralSecurityException("not a token");
        }
        Base64.Decoder base64 = Base64.getUrlDecoder();
        JsonMapper json = JsonMapper.shared();
        if (!"HS256".equals(json.readTree(base64.decode(parts[0])).path("alg").asString(""))) {
            throw new GeneralSecurityException("wrong algorithm"); // never trust the token's choice
        }
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        byte[] expected = mac.doFinal((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
        if (!MessageDigest.isEqual(expected, base64.decode(parts[2]))) {
            throw new GeneralSecurityException("wrong signature");
        }
        Claims claims = json.readValue(base64.decode(parts[1]), Claims.class);
        if (claims.exp() <= now.getEpochSecond()) {
            throw new GeneralSecurityException("expired");
        }
        return claims;
    }
    // end::jwt

    @Test
    void onlyClientsWithAValidTokenConnect() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::use
            io.use((socket, next) -> {
                Credentials credentials = socket.handshake().auth(Credentials.class);
                try {
                    if (credentials == null || credentials.token() == null) {
                        throw new GeneralSecurityException("no token");
                    }
                    Claims claims = verify(credentials.token(), SECRET, Instant.now());
                    socket.data().put("user", claims.sub());
                    next.next();
                } catch (GeneralSecurityException | RuntimeException e) {
                    next.fail("not authorized", Map.of("code", 401));
                }
            });
            io.onConnection(socket -> socket.emit("welcome", socket.data().get("user")));
            // end::use
            server.client(Map.of("token", token("anna", 60, SECRET))).receives("welcome [anna]");
            for (String bad : new String[] {
                "",
                "a.b.c",
                "x",
                token("anna", -60, SECRET),
                token("anna", 60, new byte[32]),
                token("anna", 60, SECRET).replaceFirst("^[^.]+", base64("{\"alg\":\"none\"}"))
            }) {
                Client refused = server.client(Map.of("token", bad));
                assertThat(refused.refusal.get(10, TimeUnit.SECONDS)).contains("not authorized");
            }
            Client without = server.client(Map.of());
            assertThat(without.refusal.get(10, TimeUnit.SECONDS)).contains("not authorized");
        }
    }

    @Test
    void aRenewedTokenReplacesTheExpiryTime() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::expiry
            io.use((socket, next) -> {
                try {
                    Claims claims =
                            verify(socket.handshake().auth(Credentials.class).token(), SECRET, Instant.now());
                    socket.expireAt(Instant.ofEpochSecond(claims.exp()));
                    next.next();
                } catch (GeneralSecurityException | RuntimeException e) {
                    next.fail("not authorized");
                }
            });
            io.onConnection(socket -> socket.on("renew", String.class, (token, ack) -> {
                try {
                    socket.expireAt(Instant.ofEpochSecond(
                            verify(token, SECRET, Instant.now()).exp()));
                    ack.send("ok");
                } catch (GeneralSecurityException e) {
                    ack.error("not authorized");
                }
            }));
            // end::expiry
            Client anna = server.client(Map.of("token", token("anna", 60, SECRET)));
            assertThat(anna.ask("renew", "nonsense")).contains("not authorized");
            assertThat(anna.ask("renew", token("anna", 2, SECRET))).isEqualTo("[ok]");
            anna.receives("authentication expired []");
        }
    }

    @Test
    void aSocketMiddlewareCanRefuseEvents() throws Exception {
        try (Server server = Server.started()) {
            SocketIoServer io = server.io;
            // tag::events
            io.onConnection(socket -> {
                socket.use((event, next) -> {
                    if (event.name().startsWith("admin ")) {
                        next.fail("only for administrators");
                    } else {
                        next.next();
                    }
                });
                socket.onError(error -> socket.emit("refused", error.getMessage()));
                socket.on("admin stop", () -> io.closeAsync());
                socket.on("time", (args, ack) -> ack.send(Instant.now().toString()));
            });
            // end::events
            Client anna = server.client();
            anna.socket.emit("admin stop");
            anna.receives("refused [only for administrators]");
            assertThat(anna.ask("time")).contains("T");
        }
    }

    private static String token(String user, int seconds, byte[] secret) throws Exception {
        String content = base64("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "."
                + base64("{\"sub\":\"" + user + "\",\"exp\":" + (Instant.now().getEpochSecond() + seconds) + "}");
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        byte[] signature = mac.doFinal(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
