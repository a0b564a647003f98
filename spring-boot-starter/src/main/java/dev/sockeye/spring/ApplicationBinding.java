package dev.sockeye.spring;

import dev.sockeye.socketio.protocol.JacksonBinding;
import dev.sockeye.socketio.protocol.PayloadBinding;
import org.springframework.beans.factory.BeanFactory;
import tools.jackson.databind.json.JsonMapper;

/** Determines the payload binding of the application. */
final class ApplicationBinding {
    private ApplicationBinding() {}

    /**
     * A bean of type {@link PayloadBinding}; otherwise the application's {@link JsonMapper}, unless that is disabled; otherwise
     * Sockeye's default binding with its own caches, so that the classes of the application can be unloaded.
     */
    static PayloadBinding of(BeanFactory beans, SockeyeProperties properties) {
        PayloadBinding given = beans.getBeanProvider(PayloadBinding.class).getIfUnique();
        if (given != null) {
            return given;
        }
        JsonMapper mapper = properties.applicationJsonMapper()
                ? beans.getBeanProvider(JsonMapper.class).getIfUnique()
                : null;
        return mapper == null ? new JacksonBinding() : JacksonBinding.of(mapper);
    }
}
