package dev.sockeye.spring;

import ch.qos.logback.classic.spi.ILoggingEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;
import org.springframework.util.ClassUtils;

/**
 * Adds the id of a log event as the member {@code sockeyeEvent} to structured logs of Logback, in each format. Spring Boot finds
 * this class in {@code META-INF/spring.factories}.
 *
 * <p>The name is not {@code eventId} or {@code event.code}, because Spring Boot rejects a log line in which a member of the
 * application has the same name.
 */
final class LogEventIdMember implements StructuredLoggingJsonMembersCustomizer<Object> {
    private static final String NAME = "sockeyeEvent";
    private static final String PREFIX = "[SKY-";

    @Override
    public void customize(JsonWriter.Members<Object> members) {
        if (ClassUtils.isPresent("ch.qos.logback.classic.spi.ILoggingEvent", LogEventIdMember.class.getClassLoader())) {
            members.add(NAME, Logback::id).whenNotNull();
        }
    }

    /** The id at the beginning of a message, or null. */
    static @Nullable String id(@Nullable String message) {
        if (message == null || !message.startsWith(PREFIX)) {
            return null;
        }
        int end = message.indexOf(']');
        return end < 0 ? null : message.substring(1, end);
    }

    /** Loaded only if the application has Logback. */
    private static final class Logback {
        private Logback() {}

        static @Nullable String id(Object event) {
            return event instanceof ILoggingEvent logged ? LogEventIdMember.id(logged.getFormattedMessage()) : null;
        }
    }
}
