package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.socketio.server.SocketIoServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The Admin UI by properties, in the servlet container. */
@Timeout(60)
final class AdminTest {
    private static final String HASH =
            "--sockeye.admin.password-hash=$2a$04$VAaCCs1S18parOGG19UVi.XIva3GoNXVSh8xmrGQBUy62vRhph6IO";

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class OwnUsers {
        @Bean
        AdminAuth users() {
            return AdminAuth.of((name, password) -> name.equals(password));
        }
    }

    @Test
    void theAdminPageIsServedAndTheAdminNamespaceExists() throws Exception {
        try (ConfigurableApplicationContext context = Clients.run(
                Application.class,
                "--sockeye.admin.enabled=true",
                "--sockeye.admin.username=admin",
                HASH,
                "--sockeye.admin.mode=production",
                "--sockeye.admin.namespace=/ops",
                "--sockeye.admin.page-path=ui")) {
            var page = HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(Clients.url(context) + "/socket.io/ui/"))
                                    .build(),
                            BodyHandlers.ofString());
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.body()).contains("Socket.IO Admin UI");
            assertThat(page.headers().firstValue("content-security-policy")).isPresent();
            assertThat(context.getBean(SocketIoServer.class).namespaces()).containsKey("/ops");
        }
    }

    @Test
    void anAdminAuthBeanReplacesTheConfiguredLogin() {
        try (ConfigurableApplicationContext context =
                Clients.run(new Class<?>[] {Application.class, OwnUsers.class}, "--sockeye.admin.enabled=true")) {
            assertThat(context.getBean(AdminUi.class).pagePath()).isEqualTo("/socket.io/admin/");
        }
    }

    @Test
    void theAdminUiIsOffByDefault() {
        try (ConfigurableApplicationContext context = Clients.run(Application.class)) {
            assertThat(context.getBeansOfType(AdminUi.class)).isEmpty();
        }
    }

    @Test
    void startupFailsWithoutExactlyOneKindOfLogin() {
        assertThatThrownBy(() -> Clients.run(Application.class, "--sockeye.admin.enabled=true"))
                .hasStackTraceContaining("sockeye.admin.enabled needs exactly one of");
        assertThatThrownBy(() -> Clients.run(
                        Application.class,
                        "--sockeye.admin.enabled=true",
                        "--sockeye.admin.open=true",
                        HASH,
                        "--sockeye.admin.username=admin"))
                .hasStackTraceContaining("sockeye.admin.enabled needs exactly one of");
    }
}
