package dev.sockeye.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page docs/testing.md. */
class TestingDocTest {
    private static final Path TESTS = Path.of("src/test/java/dev/sockeye/test");

    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theCodeOfThePageIsCompiled() throws Exception {
        StringBuilder all = new StringBuilder();
        for (String file :
                new String[] {"ChatTest.java", "SockeyeTestTest.java", "SockeyeExtensionTest.java", "PollingTest.java"
                }) {
            all.append(flat(Files.readString(TESTS.resolve(file))));
        }
        all.append(flat(Files.readString(
                Path.of("../spring-boot-test/src/test/java/dev/sockeye/spring/test/ChatControllerTest.java"))));
        Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/testing.md")));
        int count = 0;
        while (blocks.find()) {
            assertThat(all.toString()).contains(flat(blocks.group(1)));
            count++;
        }
        assertThat(count).isGreaterThan(6);
    }
}
