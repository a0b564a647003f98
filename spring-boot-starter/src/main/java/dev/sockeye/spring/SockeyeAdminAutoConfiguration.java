package dev.sockeye.spring;

import dev.sockeye.admin.AdminAuth;
import dev.sockeye.admin.AdminSessionStore;
import dev.sockeye.admin.AdminUi;
import dev.sockeye.admin.AdminUiOptions;
import dev.sockeye.socketio.server.SocketIoServer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The Admin UI, enabled by {@code sockeye.admin.enabled}. */
@AutoConfiguration(after = SockeyeAutoConfiguration.class)
@ConditionalOnBean(SocketIoServer.class)
@ConditionalOnProperty(prefix = "sockeye.admin", name = "enabled")
public final class SockeyeAdminAutoConfiguration {

    /** Used by Spring. */
    public SockeyeAdminAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(AdminUi.class)
    static class OfAdminUi {
        @Bean
        @ConditionalOnMissingBean
        AdminUi sockeyeAdminUi(
                SocketIoServer io,
                SockeyeProperties properties,
                ObjectProvider<AdminAuth> auth,
                ObjectProvider<AdminSessionStore> store) {
            SockeyeProperties.Admin admin = properties.admin();
            try {
                AdminUiOptions.Builder options = AdminUiOptions.builder()
                        .auth(auth(auth.getIfAvailable(), admin))
                        .mode(AdminUiOptions.Mode.valueOf(admin.mode().name()))
                        .readonly(admin.readonly())
                        .namespaceName(admin.namespace())
                        .serverId(admin.serverId())
                        .credentialHeaders(admin.credentialHeaders())
                        .pagePath(admin.pagePath());
                store.ifAvailable(options::store);
                return AdminUi.instrument(io, options.build());
            } catch (IllegalArgumentException e) {
                throw new InvalidSockeyePropertyException("sockeye.admin: " + e.getMessage(), e);
            }
        }

        private static AdminAuth auth(@Nullable AdminAuth bean, SockeyeProperties.Admin admin) {
            String username = admin.username();
            String hash = admin.passwordHash();
            boolean login = username != null && hash != null;
            if ((bean != null ? 1 : 0) + (login ? 1 : 0) + (admin.open() ? 1 : 0) != 1) {
                throw new InvalidSockeyePropertyException(
                        "sockeye.admin.enabled needs exactly one of: sockeye.admin.username and sockeye.admin.password-hash,"
                                + " a bean AdminAuth, sockeye.admin.open=true",
                        null);
            }
            if (bean != null) {
                return bean;
            }
            return username != null && hash != null ? AdminAuth.basic(username, hash) : AdminAuth.none();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("dev.sockeye.admin.AdminUi")
    static class WithoutAdminUi {
        WithoutAdminUi() {
            throw new InvalidSockeyePropertyException(
                    "sockeye.admin.enabled needs the dependency dev.sockeye:sockeye-admin-ui", null);
        }
    }
}
