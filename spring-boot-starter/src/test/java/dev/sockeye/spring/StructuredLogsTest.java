package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Structured logs of Spring Boot with Logback. */
class StructuredLogsTest {
    private final MockEnvironment environment = new MockEnvironment();

    private JsonNode logged(String format, String message, Object... arguments) {
        LoggerContext context = new LoggerContext();
        context.setMDCAdapter(new LogbackMDCAdapter());
        context.putObject(Environment.class.getName(), environment);
        StructuredLogEncoder encoder = new StructuredLogEncoder();
        encoder.setContext(context);
        encoder.setFormat(format);
        encoder.start();
        byte[] line = encoder.encode(
                new LoggingEvent("", context.getLogger("dev.sockeye.Test"), Level.WARN, message, null, arguments));
        return new JsonMapper().readTree(new String(line, StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ecs", "logstash", "gelf"})
    void theEventIdIsAJsonMember(String format) {
        JsonNode line = logged(format, "[SKY-{}] a handler has failed", 1301);
        assertThat(line.path("sockeyeEvent").asString()).isEqualTo("SKY-1301");
        assertThat(line.toString()).contains("[SKY-1301] a handler has failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a message of the application", "not at the beginning [SKY-1301]", "[SKY-1301", ""})
    void otherMessagesHaveNoEventIdMember(String message) {
        assertThat(logged("logstash", message).has("sockeyeEvent")).isFalse();
    }

    @Test
    void theMemberCanBeExcluded() {
        environment.setProperty("logging.structured.json.exclude", "sockeyeEvent");
        assertThat(logged("ecs", "[SKY-1301] a handler has failed").has("sockeyeEvent"))
                .isFalse();
    }

    @Test
    void theMemberCanBeRenamed() {
        environment.setProperty("logging.structured.json.rename.sockeyeEvent", "_sockeye_event");
        assertThat(logged("gelf", "[SKY-1301] a handler has failed")
                        .path("_sockeye_event")
                        .asString())
                .isEqualTo("SKY-1301");
    }
}
