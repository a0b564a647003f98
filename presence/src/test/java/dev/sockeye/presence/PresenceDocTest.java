package dev.sockeye.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PresenceDocTest {
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theCodeOfThePageIsCompiled() throws Exception {
        String source = flat(Files.readString(Path.of("src/test/java/dev/sockeye/presence/PresenceExamples.java")));
        Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/presence.md")));
        int count = 0;
        while (blocks.find()) {
            assertThat(source).contains(flat(blocks.group(1)));
            count++;
        }
        assertThat(count).isEqualTo(5);
    }
}
