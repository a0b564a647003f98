package dev.sockeye.verification.project;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.verification.reference.ReferencePages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The committed pages of {@code docs/reference} against the sources. */
@DisplayName("The reference pages")
class ReferencePagesTest {
    private final Path root = ProjectFiles.root();

    @Test
    void areUpToDateWithTheSources() throws IOException {
        for (Map.Entry<String, String> page : ReferencePages.pages(root).entrySet()) {
            assertThat(root.resolve("docs/reference/" + page.getKey()))
                    .as("stale: run ./docs/generate and commit docs/reference")
                    .content()
                    .isEqualTo(page.getValue());
        }
    }

    @Test
    void everyOptionHasADefaultOrIsRequired() throws IOException {
        String options = Files.readString(root.resolve("docs/reference/options.md"));
        assertThat(options.lines().filter(line -> line.startsWith("| `")).toList())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line).matches("\\| [^|]+ \\| [^|]+ \\| [^|\\s][^|]* \\| .*"));
        assertThat(options)
                .contains("| `secret` | `String` | required |", "| `address` | `String` | required |")
                .contains("| `auth` | `AdminAuth` | required |")
                .contains("| `parser` | `Parser` | `JsonParser.create()` |")
                .contains("| `cors` | `boolean` | `false` |")
                .doesNotContain("| empty |", "| `null` |");
    }

    @Test
    void everyMeterIsACounterAGaugeOrATimer() throws IOException {
        assertThat(Files.readString(root.resolve("docs/reference/events-and-codes.md"))
                        .lines()
                        .filter(line -> line.startsWith("| `sockeye."))
                        .toList())
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.matches("\\| `[a-z.]+` \\| (counter|gauge|timer) \\| .*"));
    }

    @Test
    void everyLogStatementHasAUniqueId() throws IOException {
        assertThat(ReferencePages.logProblems(root)).isEmpty();
    }

    @Test
    void containKnownOptionsEventsAndCodes() throws IOException {
        String options = Files.readString(root.resolve("docs/reference/options.md"));
        assertThat(options)
                .contains("| `pingInterval` | `Duration` | 25 s |")
                .contains("| `maxHttpBufferSize` | `int` | 1,000,000 |")
                .contains("| `reconnectionDelayMax` | `Duration` | 5 s |")
                .contains(
                        "### NettyHostOptions",
                        "### JakartaOptions",
                        "### RedisStreamsAdapterOptions",
                        "### KafkaAdapterOptions");
        assertThat(Files.readString(root.resolve("docs/reference/spring-properties.md")))
                .contains("| `sockeye.cors.credentials` | `boolean` | `false` |")
                .contains("| `sockeye.parser` | `json, msgpack` | `json` |");
        assertThat(Files.readString(root.resolve("docs/reference/events-and-codes.md")))
                .contains("| 1 | `Session ID unknown` |")
                .contains("| `PING_TIMEOUT` | `ping timeout` |")
                .contains("| `sockeye.disconnects` | counter | `namespace`, `reason` |")
                .contains("| `onDisconnect(DisconnectHandler)` |");
        assertThat(Files.readString(root.resolve("docs/reference/log-events.md")))
                .contains("| `SKY-1301` | warning | A handler of an event threw an exception.")
                .contains("| `SKY-3002` | info | Redis can be reached again.");
    }
}
