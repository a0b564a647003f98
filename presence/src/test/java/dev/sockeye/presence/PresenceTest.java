package dev.sockeye.presence;

import static dev.sockeye.test.SockeyeAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.test.SockeyeTest;
import dev.sockeye.test.TestSocket;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Presence with real servers, sockets and adapters, on a clock that the test moves. */
@DisplayName("Presence")
class PresenceTest {
    private static final Duration SOON = Duration.ofMillis(200);
    private static final Duration GRACE = Duration.ofSeconds(10);

    record Status(String text) {}

    private final TestServers servers = new TestServers(2);
    private final Presence here = presence(servers.get(0));
    private final Presence there = presence(servers.get(1));
    private final List<String> changes = new ArrayList<>();

    PresenceTest() {
        there.onChange(change -> changes.add(change.kind() + " " + change.user().id()));
    }

    @AfterEach
    void close() {
        servers.close();
    }

    /** Clients identify themselves by {@code auth}. */
    private static Presence presence(SockeyeTest server) {
        var options = PresenceOptions.builder().clock(server.clock()).build();
        Presence users = Presence.of(server.server().sockets(), "users", options);
        server.server().onConnection(socket -> {
            Map<?, ?> auth = (Map<?, ?>) socket.handshake().auth();
            if (auth != null && auth.get("user") != null) {
                users.join(socket, String.valueOf(auth.get("user")), auth.get("status"));
            }
            socket.on("status", String.class, text -> users.update(socket, new Status(text)));
            socket.on("logout", () -> users.leave(socket));
        });
        return users;
    }

    private TestSocket connect(int server, String user) {
        return servers.get(server)
                .connect("/", options -> options.auth(Map.of("user", user, "status", Map.of("text", "hello"))));
    }

    @Test
    void aUserIsOnlineOnAllServersWithMetadata() {
        connect(0, "ada");
        servers.pass(SOON);
        assertThat(there.count()).isEqualTo(1);
        assertThat(there.isOnline("ada")).isTrue();
        PresenceUser ada = there.get("ada").orElseThrow();
        assertThat(ada.metadata(Status.class)).isEqualTo(new Status("hello"));
        assertThat(ada.metadata()).isEqualTo(Map.of("text", "hello"));
        assertThat(ada.sockets()).isEqualTo(1);
        assertThat(ada.since()).isEqualTo("2026-01-01T00:00:00Z");
        assertThat(here.get("ada")).contains(ada);
        assertThat(there.isOnline(List.of("bob", "ada")))
                .containsExactly(Map.entry("bob", false), Map.entry("ada", true));
        assertThat(changes).containsExactly("ONLINE ada");
    }

    @Test
    void aReconnectionWithinTheGracePeriodCausesNoChange() {
        TestSocket ada = connect(0, "ada");
        servers.pass(SOON);
        ada.goOffline();
        servers.pass(Duration.ofSeconds(2));
        assertThat(there.get("ada").orElseThrow().sockets()).isZero();
        ada.goOnline();
        servers.pass(GRACE);
        assertThat(ada.connected()).isTrue();
        assertThat(there.get("ada").orElseThrow().sockets()).isEqualTo(1);
        assertThat(changes).containsExactly("ONLINE ada");
    }

    @Test
    void aUserGoesOfflineAfterTheGracePeriod() {
        connect(0, "ada").disconnect();
        servers.pass(GRACE.minus(SOON));
        assertThat(there.isOnline("ada")).isTrue();
        servers.pass(SOON.multipliedBy(2));
        assertThat(there.isOnline("ada")).isFalse();
        assertThat(here.count()).isZero();
        assertThat(changes).containsExactly("ONLINE ada", "OFFLINE ada");
    }

    @Test
    void aUserStaysOnlineWhileAtLeastOneSocketIsConnected() {
        TestSocket first = connect(0, "ada");
        TestSocket second = connect(1, "ada");
        connect(1, "ada").disconnect();
        servers.pass(SOON);
        assertThat(here.get("ada").orElseThrow().sockets()).isEqualTo(2);
        first.disconnect();
        servers.pass(GRACE.plus(SOON));
        assertThat(here.get("ada").orElseThrow().sockets()).isEqualTo(1);
        second.disconnect();
        servers.pass(GRACE.plus(SOON));
        assertThat(here.count()).isZero();
        assertThat(changes).containsExactly("ONLINE ada", "OFFLINE ada");
    }

    @Test
    void aLogoutSkipsTheGracePeriod() {
        TestSocket ada = connect(0, "ada");
        servers.pass(SOON);
        ada.emit("logout");
        servers.pass(SOON);
        assertThat(there.isOnline("ada")).isFalse();
        assertThat(ada.connected()).isTrue();
    }

    @Test
    void aMetadataChangeIsReportedOnceOnEachServer() {
        TestSocket ada = connect(0, "ada");
        servers.pass(SOON);
        ada.emit("status", "busy");
        ada.emit("status", "busy");
        servers.pass(SOON);
        assertThat(there.get("ada").orElseThrow().metadata(Status.class)).isEqualTo(new Status("busy"));
        assertThat(there.update("ada", "x"))
                .as("she has no socket on that server")
                .isFalse();
        assertThat(here.update("ada", null)).isTrue();
        servers.pass(SOON);
        assertThat(there.get("ada").orElseThrow().metadata()).isNull();
        assertThat(changes).containsExactly("ONLINE ada", "UPDATED ada", "UPDATED ada");
    }

    @Test
    void theMetadataOfAUserMayBeChangedDuringTheGraceTime() {
        TestSocket ada = connect(0, "ada");
        servers.pass(SOON);
        ada.disconnect();
        servers.pass(SOON);
        assertThat(here.update("ada", "away")).isTrue();
        servers.pass(SOON);
        assertThat(there.get("ada").orElseThrow().metadata()).isEqualTo("away");
        servers.pass(Duration.ofSeconds(11));
        assertThat(here.update("ada", "gone")).isFalse();
    }

    @Test
    void usersOfAClosedServerMayReconnectElsewhereWithinTheGracePeriod() {
        connect(0, "ada");
        connect(0, "bob");
        servers.pass(SOON);
        servers.get(0).server().closeAsync();
        servers.pass(SOON);
        servers.cutAll(true); // no messages arrive from it any more
        connect(1, "ada");
        servers.pass(GRACE.plus(SOON));
        assertThat(there.list(10).users()).extracting(PresenceUser::id).containsExactly("ada");
        assertThat(changes).containsExactly("ONLINE ada", "ONLINE bob", "OFFLINE bob");
    }

    @Test
    void aServerThatStartsLateReceivesTheFullState() {
        connect(0, "ada");
        connect(1, "bob");
        servers.pass(Duration.ofSeconds(20));
        Presence late = presence(servers.add());
        servers.pass(SOON);
        assertThat(late.list(10).users()).extracting(PresenceUser::id).containsExactly("ada", "bob");
    }

    @Test
    void usersOfAPartitionedServerGoOfflineAfterItsTimeoutAndReturnOnceItHeals() {
        connect(0, "ada");
        connect(1, "bob");
        servers.pass(SOON);
        servers.cutAll(true);
        servers.pass(Duration.ofSeconds(16));
        assertThat(here.list(10).users()).extracting(PresenceUser::id).containsExactly("ada");
        assertThat(there.list(10).users()).extracting(PresenceUser::id).containsExactly("bob");
        servers.cutAll(false);
        servers.pass(Duration.ofSeconds(6));
        assertThat(here.count()).isEqualTo(2);
        assertThat(there.count()).isEqualTo(2);
    }

    @Test
    void usersAreListedInStablePages() {
        for (int i = 0; i < 7; i++) {
            connect(i % 2, "user" + i);
        }
        servers.pass(SOON);
        PresencePage first = here.list(3);
        assertThat(first.users()).extracting(PresenceUser::id).containsExactly("user0", "user1", "user2");
        connect(0, "user00");
        PresencePage second = here.list(first.next(), 3);
        assertThat(second.users()).extracting(PresenceUser::id).containsExactly("user3", "user4", "user5");
        PresencePage last = here.list(second.next(), 3);
        assertThat(last.users()).extracting(PresenceUser::id).containsExactly("user6");
        assertThat(last.next()).isNull();
        assertThat(here.list(8).next()).isNull();
        assertThatThrownBy(() -> here.list(0)).hasMessageContaining("limit must be 1 to 10000");
    }

    @Test
    void presenceChangesAreEmittedToARoom() {
        servers.get(1).server().onConnection(socket -> socket.join("watchers"));
        Registration announcing = there.announceTo("watchers");
        TestSocket watcher = servers.get(1).connect();
        TestSocket ada = connect(0, "ada");
        servers.pass(SOON);
        var online =
                Map.of("id", "ada", "since", "2026-01-01T00:00:00Z", "sockets", 1, "metadata", Map.of("text", "hello"));
        assertThat(watcher).received("presence:online", "users", online);
        ada.emit("status", "busy");
        servers.pass(SOON);
        ada.emit("logout");
        servers.pass(SOON);
        assertThat(watcher).received("presence:offline", "users", "ada");
        assertThat(watcher.received()).hasSize(3);
        announcing.close();
        connect(0, "bob");
        servers.pass(SOON);
        assertThat(watcher.received()).hasSize(3);
    }

    @Test
    void aFailingListenerDoesNotAffectOthersAndAClosedOneIsNotCalled() {
        List<String> told = new ArrayList<>();
        here.onChange(change -> {
            throw new IllegalStateException("of the test");
        });
        Registration second = here.onChange(change -> told.add(change.user().id()));
        connect(0, "ada");
        servers.pass(SOON);
        second.close();
        connect(0, "bob");
        servers.pass(SOON);
        assertThat(told).containsExactly("ada");
    }

    @Test
    void joiningAsAnotherUserLeavesThePreviousOne() {
        AtomicReference<Socket> socket = new AtomicReference<>();
        servers.get(0).server().onConnection(socket::set);
        connect(0, "ada");
        assertThat(here.join(socket.get(), "bob")).isTrue();
        servers.pass(SOON);
        assertThat(there.list(10).users()).extracting(PresenceUser::id).containsExactly("bob");
    }

    @Test
    void aSocketThatIsNotConnectedCannotJoin() {
        AtomicReference<Socket> socket = new AtomicReference<>();
        List<Boolean> joined = new ArrayList<>();
        servers.get(0).server().use((connecting, next) -> {
            socket.set(connecting);
            joined.add(here.join(connecting, "early"));
            next.next();
        });
        connect(0, "ada").disconnect();
        servers.pass(SOON);
        joined.add(here.join(socket.get(), "late"));
        assertThat(joined).containsExactly(false, false);
        assertThat(here.list(10).users()).extracting(PresenceUser::id).containsExactly("ada");
    }

    @Test
    void invalidJoinsAreRefused() {
        AtomicReference<Socket> socket = new AtomicReference<>();
        servers.get(0).server().onConnection(socket::set);
        servers.get(0).connect();
        assertThatThrownBy(() -> here.join(socket.get(), "ada", "x".repeat(5_000)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("metadata may have 4096 bytes (maxMetadataBytes), it has 5002");
        assertThatThrownBy(() -> here.join(socket.get(), "ada", new byte[3])).hasMessageContaining("binary");
        assertThatThrownBy(() -> here.join(socket.get(), "")).hasMessageContaining("1 to 256 characters");
        assertThatThrownBy(() -> there.join(socket.get(), "ada")).hasMessageContaining("another server");
        var one = PresenceOptions.builder().maxUsers(1).build();
        Presence small = Presence.of(servers.get(0).server().sockets(), "small", one);
        small.join(socket.get(), "ada");
        servers.get(0).connect();
        assertThatThrownBy(() -> small.join(socket.get(), "bob"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("maxUsers");
    }

    @Test
    void durationsThatAreTooLongAreRefusedWithTheirName() {
        Duration tooLong = Duration.ofDays(200_000);
        PresenceOptions.Builder options = PresenceOptions.builder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.nodeTimeout(tooLong).build())
                .withMessageContaining("nodeTimeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.heartbeatInterval(Duration.ofSeconds(Long.MAX_VALUE))
                        .build())
                .withMessageContaining("heartbeatInterval");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.graceTime(tooLong).build())
                .withMessageContaining("graceTime");
    }

    @Test
    void presenceIsCreatedOncePerName() {
        assertThat(Presence.of(servers.get(0).server(), "users")).isSameAs(here);
        assertThatThrownBy(() -> Presence.of(
                        servers.get(0).server().sockets(),
                        "users",
                        PresenceOptions.builder().build()))
                .hasMessageContaining("other options");
        here.close();
        assertThat(Presence.of(servers.get(0).server(), "users")).isNotSameAs(here);
    }

    @Test
    void closeRemovesUsersLocallyAtOnceAndElsewhereAfterTheGracePeriod() {
        connect(0, "ada");
        connect(1, "bob");
        servers.pass(SOON);
        here.close();
        here.close();
        assertThat(here.count()).isZero();
        servers.pass(GRACE.minus(SOON));
        assertThat(there.count()).isEqualTo(2);
        servers.pass(SOON.multipliedBy(2));
        assertThat(there.list(10).users()).extracting(PresenceUser::id).containsExactly("bob");
        assertThat(here.count()).isZero();
        connect(0, "cid");
        assertThat(servers.get(0).handlerErrors())
                .hasSize(1)
                .first()
                .extracting(Throwable::getMessage)
                .isEqualTo("the presence \"users\" is closed");
    }

    @Test
    void presenceWorksOnASingleServer() {
        try (SockeyeTest alone = SockeyeTest.create()) {
            Presence users = presence(alone);
            TestSocket ada = alone.connect("/", options -> options.auth(Map.of("user", "ada")));
            assertThat(users.count()).isEqualTo(1);
            ada.disconnect();
            alone.clock().advance(GRACE.plus(SOON));
            assertThat(users.count()).isZero();
        }
    }

    @Test
    void aListenerThatFailsWithAnErrorDoesNotStopTheNotifications() {
        List<String> told = new ArrayList<>();
        here.onChange(change -> {
            throw new AssertionError("of the test");
        });
        here.onChange(change -> told.add(change.user().id()));
        connect(0, "ada");
        servers.pass(SOON);
        connect(0, "bob");
        servers.pass(SOON);
        assertThat(told).containsExactly("ada", "bob");
    }

    @Test
    void aSocketThatLogsInAndOutRepeatedlyIsObservedOnce() {
        AtomicReference<Socket> socket = new AtomicReference<>();
        servers.get(0).server().onConnection(socket::set);
        TestSocket ada = connect(0, "ada");
        AtomicInteger observed = new AtomicInteger();
        Socket counted = (Socket) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Socket.class}, (proxy, method, args) -> {
                    if (method.getName().equals("onDisconnect")) {
                        observed.incrementAndGet();
                    }
                    return method.invoke(socket.get(), args);
                });
        for (int i = 0; i < 10; i++) {
            here.join(counted, "bob");
            here.leave(counted);
        }
        here.join(counted, "bob");
        assertThat(observed).hasValue(1);
        ada.disconnect();
        servers.pass(GRACE.plus(SOON));
        assertThat(here.isOnline("bob")).isFalse();
    }
}
