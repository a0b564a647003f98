package dev.sockeye.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.SocketIoServer;
import dev.sockeye.socketio.server.SocketIoServerOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("The Admin UI login")
class LoginTest {
    /** Of "changeit", made by bcryptjs. */
    private static final String HASH = "$2a$04$VAaCCs1S18parOGG19UVi.XIva3GoNXVSh8xmrGQBUy62vRhph6IO";

    private static final String INVALID = "44/admin,{\"message\":\"invalid credentials\"}";
    private static final String TOO_MANY = "44/admin,{\"message\":\"too many attempts, try again later\"}";

    private final List<AutoCloseable> open = new ArrayList<>();
    private SocketIoServer io = SocketIoServer.create();

    private void start(AdminUiOptions.Builder options) throws IOException {
        open.add(AdminUi.instrument(io, options.build()));
        io.listen(0);
    }

    private static AdminUiOptions.Builder basic() {
        return AdminUiOptions.builder().auth(AdminAuth.basic("admin", HASH));
    }

    private RawClient client() {
        RawClient client = RawClient.open(io);
        open.add(client);
        return client;
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open) {
            one.close();
        }
        io.close();
    }

    @ParameterizedTest
    @Tag("admin.index.04")
    @ValueSource(
            strings = {
                "",
                "{\"sessionId\":null}",
                "{\"username\":\"\",\"password\":\"\"}",
                "{\"username\":\"admin\"}",
                "{\"username\":\"admin\",\"password\":5}",
                "{\"username\":\"admin\",\"password\":\"wrong\"}",
                "{\"username\":\"other\",\"password\":\"changeit\"}"
            })
    void refusesAllButTheRightNameAndPassword(String auth) throws Exception {
        start(basic());
        assertThat(client().join("/admin", auth)).isEqualTo(INVALID);
    }

    @Test
    @Tag("admin.index.05")
    @Tag("admin.index.06")
    @Tag("admin.stores.01")
    void issuesASessionThatReplacesThePasswordAtTheNextLogin() throws Exception {
        start(basic());
        RawClient first = client();
        assertThat(first.join("/admin", "{\"username\":\"admin\",\"password\":\"changeit\"}"))
                .startsWith("40/admin,");
        String session = first.event("session").get(0).asString();
        assertThat(session).matches("[0-9a-f]{16}");
        RawClient second = client();
        assertThat(second.join("/admin", "{\"sessionId\":\"" + session + "\"}")).startsWith("40/admin,");
        second.event("config");
        assertThat(second.received()).noneMatch(text -> text.contains("\"session\""));
    }

    @Test
    void sendsTheSessionBetweenConnectAndConfigWithRecoveryEnabled() throws Exception {
        io = SocketIoServer.create(
                SocketIoServerOptions.builder().connectionStateRecovery(true).build());
        start(basic().mode(AdminUiOptions.Mode.PRODUCTION));
        RawClient client = client();
        client.send("40/admin,{\"username\":\"admin\",\"password\":\"changeit\"}");
        client.take(text -> text.startsWith("42/admin,[\"config\""), "config");
        List<String> before = client.received().stream()
                .filter(text -> text.startsWith("4") && !text.contains("server_stats"))
                .toList();
        assertThat(before).hasSize(2);
        assertThat(before.get(0)).startsWith("40/admin,");
        assertThat(before.get(1)).startsWith("42/admin,[\"session\",\"");
    }

    @Test
    @Tag("admin.index.07")
    void refusesAnUnknownSession() throws Exception {
        start(basic());
        assertThat(client().join("/admin", "{\"sessionId\":\"1234\"}")).isEqualTo(INVALID);
    }

    @Test
    void checksThePasswordWhenTheSessionIsUnknown() throws Exception {
        start(basic());
        assertThat(client().join("/admin", "{\"sessionId\":\"1234\",\"username\":\"admin\",\"password\":\"changeit\"}"))
                .startsWith("40/admin,");
    }

    @Test
    void refusesAnAddressAfterTooManyWrongPasswordsOrSessions() throws Exception {
        start(basic().maxLoginAttempts(3));
        RawClient client = client();
        assertThat(client.join("/admin", "{\"sessionId\":\"1\"}")).isEqualTo(INVALID);
        assertThat(client.join("/admin", "{\"sessionId\":null}"))
                .isEqualTo(INVALID); // the first request of the page: not counted as an attempt
        assertThat(client.join("/admin", "{\"username\":\"admin\",\"password\":\"1\"}"))
                .isEqualTo(INVALID);
        assertThat(client.join("/admin", "{\"username\":\"admin\",\"password\":\"2\"}"))
                .isEqualTo(INVALID);
        assertThat(client.join("/admin", "{\"username\":\"admin\",\"password\":\"changeit\"}"))
                .isEqualTo(TOO_MANY);
        assertThat(client.join("/admin", "{\"sessionId\":\"1\"}")).isEqualTo(TOO_MANY);
    }

    @Test
    void acceptsASessionFromAnAddressWithTooManyAttempts() throws Exception {
        start(basic().maxLoginAttempts(1));
        RawClient client = client();
        client.join("/admin", "{\"username\":\"admin\",\"password\":\"changeit\"}");
        String session = client.event("session").get(0).asString();
        assertThat(client().join("/admin", "{\"username\":\"admin\",\"password\":\"1\"}"))
                .isEqualTo(INVALID);
        assertThat(client().join("/admin", "{\"sessionId\":\"" + session + "\"}"))
                .startsWith("40/admin,");
        assertThat(client().join("/admin", "{\"sessionId\":\"1\"}")).isEqualTo(TOO_MANY);
        assertThat(client().join("/admin", "{\"username\":\"admin\",\"password\":\"changeit\"}"))
                .isEqualTo(TOO_MANY);
    }

    @Test
    void resetsTheAttemptCountAfterASuccessfulLogin() throws Exception {
        start(basic().maxLoginAttempts(2));
        for (int i = 0; i < 3; i++) {
            RawClient client = client();
            assertThat(client.join("/admin", "{\"username\":\"admin\",\"password\":\"1\"}"))
                    .isEqualTo(INVALID);
            assertThat(client.join("/admin", "{\"username\":\"admin\",\"password\":\"changeit\"}"))
                    .startsWith("40/admin,");
        }
    }

    @Test
    void refusesWhenThePasswordCheckOrTheSessionLookupFails() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        AdminSessionStore broken = new AdminSessionStore() {
            @Override
            public CompletionStage<Boolean> exists(String sessionId) {
                throw new IllegalStateException("no store");
            }

            @Override
            public CompletionStage<Void> save(String sessionId) {
                return CompletableFuture.failedFuture(new IllegalStateException("no store"));
            }
        };
        start(AdminUiOptions.builder().store(broken).auth(AdminAuth.of((name, password) -> {
            asked.incrementAndGet();
            if (name.equals("bad")) {
                throw new IllegalStateException("no users");
            }
            return password.equals("right");
        })));
        RawClient client = client();
        assertThat(client.join("/admin", "{\"username\":\"bad\",\"password\":\"right\"}"))
                .isEqualTo(INVALID);
        assertThat(client.join("/admin", "{\"sessionId\":\"1\"}")).isEqualTo(INVALID);
        assertThat(client.join("/admin", "{\"username\":\"good\",\"password\":\"right\"}"))
                .startsWith("40/admin,");
        assertThat(asked).hasValue(2);
        client.event("config");
        assertThat(client.received()).noneMatch(text -> text.contains("\"session\""));
    }

    @Test
    void acceptsBcryptHashesOfOtherProgramsAndUsesTheFirst72Bytes() {
        String tail = HASH.substring(4);
        for (String prefix : List.of("$2a$", "$2b$", "$2y$")) {
            var check = AdminAuth.basic("a", prefix + tail).check();
            assertThat(check).isNotNull();
            assertThat(check.test("a", "changeit")).isTrue();
            assertThat(check.test("a", "changeit ")).isFalse();
            assertThat(check.test("", "changeit")).isFalse();
        }
        // of 40 times é by bcryptjs
        var longer = AdminAuth.basic("a", "$2a$04$Z0NMVja2ASSOxXeYNMJF1OM/gLsRQKAFuE03f.IG2hkwzsr6wzQCW")
                .check();
        assertThat(longer).isNotNull();
        assertThat(longer.test("a", "é".repeat(40))).isTrue();
        assertThat(longer.test("a", "é".repeat(36))).isTrue();
        assertThat(longer.test("a", "é".repeat(35))).isFalse();
    }

    @Test
    void sessionsInMemoryAreBoundedAndExpire() {
        AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
        AdminSessionStore store = new MemorySessionStore(2, Duration.ofNanos(10), now::get);
        store.save("a");
        now.addAndGet(3);
        store.save("b");
        assertThat(store.exists("a").toCompletableFuture().join()).isTrue();
        store.save("c");
        assertThat(store.exists("a").toCompletableFuture().join()).isFalse();
        assertThat(store.exists("b").toCompletableFuture().join()).isTrue();
        now.addAndGet(10);
        assertThat(store.exists("b").toCompletableFuture().join()).isFalse();
    }

    @Test
    void attemptsExpireAndAreCountedByNetwork() {
        AtomicLong now = new AtomicLong();
        LoginAttempts attempts = new LoginAttempts(1, Duration.ofNanos(10), now::get);
        assertThat(attempts.begin("10.0.0.1")).isTrue();
        assertThat(attempts.begin("10.0.0.1")).isFalse();
        assertThat(attempts.begin("10.0.0.2")).isTrue();
        now.set(10);
        assertThat(attempts.begin("10.0.0.1")).isTrue();
        assertThat(attempts.begin("2001:db8:0:1::5")).isTrue();
        assertThat(attempts.begin("2001:db8:0:1:ffff::7")).isFalse();
        assertThat(attempts.begin("2001:db8:0:2::5")).isTrue();
        assertThat(LoginAttempts.key("2001:db8::1:2:3:4:5")).isEqualTo("2001:db8:0:1::/64");
        assertThat(LoginAttempts.key("fe80::1%eth0")).isEqualTo("fe80:0:0:0::/64");
        assertThat(LoginAttempts.key("::ffff:10.0.0.1")).isEqualTo("::ffff:10.0.0.1");
        assertThat(LoginAttempts.key("::1")).isEqualTo("0:0:0:0::/64");
    }

    @Test
    void refusesWhenTheStoreAnswersNullAndWhenThePasswordCheckFailsWithAnError() throws Exception {
        AdminSessionStore empty = new AdminSessionStore() {
            @Override
            public CompletionStage<Boolean> exists(String sessionId) {
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public CompletionStage<Void> save(String sessionId) {
                return CompletableFuture.completedFuture(null);
            }
        };
        start(AdminUiOptions.builder().servePage(false).store(empty).auth(AdminAuth.of((name, password) -> {
            throw new NoClassDefFoundError("of the test");
        })));
        assertThat(client().join("/admin", "{\"username\":\"ann\",\"password\":\"1\"}"))
                .isEqualTo(INVALID);
        assertThat(client().join("/admin", "{\"sessionId\":\"1\"}")).isEqualTo(INVALID);
    }

    @Test
    void loginsThatWaitWhenTheAdminUiIsClosedAreAnswered() throws Exception {
        CountDownLatch checking = new CountDownLatch(2);
        CountDownLatch go = new CountDownLatch(1);
        AdminUi admin = AdminUi.instrument(
                io,
                AdminUiOptions.builder()
                        .auth(AdminAuth.of((name, password) -> {
                            checking.countDown();
                            try {
                                return go.await(20, TimeUnit.SECONDS);
                            } catch (InterruptedException e) {
                                return false;
                            }
                        }))
                        .build());
        io.listen(0);
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            RawClient client = RawClient.open(io);
            open.add(client);
            clients.add(client);
            client.send("40/admin,{\"username\":\"a\",\"password\":\"b\"}");
            client.send("40/unknown"); // answered after the login was begun
            client.take(text -> text.startsWith("44/unknown"), "an answer");
        }
        assertThat(checking.await(20, TimeUnit.SECONDS)).isTrue();
        admin.close();
        go.countDown();
        for (RawClient client : clients) {
            client.take(text -> text.startsWith("44/admin") || text.startsWith("41/admin"), "an answer");
        }
    }
}
