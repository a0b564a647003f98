package dev.sockeye.spring;

import dev.sockeye.presence.Presence;
import dev.sockeye.presence.PresenceOptions;
import dev.sockeye.presence.RoomCounts;
import dev.sockeye.socketio.protocol.PayloadBinding;
import dev.sockeye.socketio.server.SocketIoServer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Presence and room counts, enabled by {@code sockeye.presence.enabled}. */
@AutoConfiguration(after = SockeyeAutoConfiguration.class)
@ConditionalOnBean(SocketIoServer.class)
@ConditionalOnProperty(prefix = "sockeye.presence", name = "enabled")
public final class SockeyePresenceAutoConfiguration {

    /** Used by Spring. */
    public SockeyePresenceAutoConfiguration() {}

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Presence.class)
    static class OfPresence {
        @Bean
        @ConditionalOnMissingBean
        PresenceOptions sockeyePresenceOptions(SockeyeProperties properties, ObjectProvider<PayloadBinding> binding) {
            SockeyeProperties.Presence presence = properties.presence();
            try {
                return PresenceOptions.builder()
                        .graceTime(presence.graceTime())
                        .heartbeatInterval(presence.heartbeatInterval())
                        .nodeTimeout(presence.nodeTimeout())
                        .maxUsers(presence.maxUsers())
                        .maxMetadataBytes(presence.maxMetadataBytes())
                        .maxRooms(presence.maxRooms())
                        .binding(binding.getIfUnique())
                        .build();
            } catch (IllegalArgumentException e) {
                throw new InvalidSockeyePropertyException("sockeye.presence: " + e.getMessage(), e);
            }
        }

        @Bean
        @ConditionalOnMissingBean
        Presence sockeyePresence(SocketIoServer io, SockeyeProperties properties, PresenceOptions options) {
            SockeyeProperties.Presence presence = properties.presence();
            Presence users = Presence.of(io.of(presence.namespace()), presence.name(), options);
            String room = presence.announceTo();
            if (room != null) {
                var unused = users.announceTo(room);
            }
            return users;
        }

        @Bean
        @ConditionalOnMissingBean
        @ConditionalOnProperty(prefix = "sockeye.presence", name = "rooms-counted")
        RoomCounts sockeyeRoomCounts(SocketIoServer io, SockeyeProperties properties, PresenceOptions options) {
            return RoomCounts.of(io.of(properties.presence().namespace()), options);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("dev.sockeye.presence.Presence")
    static class WithoutPresence {
        WithoutPresence() {
            throw new InvalidSockeyePropertyException(
                    "sockeye.presence.enabled needs the dependency dev.sockeye:sockeye-presence", null);
        }
    }
}
