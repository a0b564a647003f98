package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sockeye.presence.Presence;
import dev.sockeye.presence.RoomCounts;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.server.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Presence by properties. */
@Timeout(180)
final class PresenceBeansTest {

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({OpenToAll.class, Joining.class})
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Without {}

    @SocketIoController("/chat")
    static class Joining {
        private final Presence users;

        Joining(Presence users) {
            this.users = users;
        }

        @OnConnect
        void connected(Socket socket) {
            socket.join("lobby");
            users.join(socket, "ada");
        }
    }

    @Test
    void presenceBeansTrackOnlineUsersAndNotifyTheRoom() {
        try (ConfigurableApplicationContext context = Clients.run(
                Application.class,
                "--sockeye.presence.enabled=true",
                "--sockeye.presence.namespace=/chat",
                "--sockeye.presence.name=people",
                "--sockeye.presence.announce-to=lobby",
                "--sockeye.presence.rooms-counted=true",
                "--sockeye.presence.grace-time=0s")) {
            Presence users = context.getBean(Presence.class);
            assertThat(users.name()).isEqualTo("people");
            assertThat(users.options().graceTime()).isZero();
            List<String> told = new CopyOnWriteArrayList<>();
            try (SocketIoClient client = SocketIoClient.create()) {
                var socket = client.socket(Clients.url(context) + "/chat", ClientOptions.defaults());
                socket.on("presence:online", String.class, told::add);
                socket.connect();
                await().atMost(Duration.ofSeconds(30)).until(() -> users.isOnline("ada") && !told.isEmpty());
                assertThat(told).containsOnly("people");
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> context.getBean(RoomCounts.class).count("lobby") == 1);
            }
            await().atMost(Duration.ofSeconds(30)).until(() -> !users.isOnline("ada"));
        }
    }

    @Test
    void presenceIsOffByDefault() {
        try (ConfigurableApplicationContext context = Clients.run(Without.class)) {
            assertThat(context.getBeansOfType(Presence.class)).isEmpty();
        }
    }

    @Test
    void anInvalidPropertyIsReportedAtStartup() {
        assertThatThrownBy(() -> Clients.run(
                        Without.class, "--sockeye.presence.enabled=true", "--sockeye.presence.node-timeout=6s"))
                .hasStackTraceContaining("sockeye.presence: nodeTimeout must be at least twice");
    }
}
