package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PostgresDocTest {
    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theCodeOfThePagesIsCompiled() throws Exception {
        String source = flat(Files.readString(Path.of("src/test/java/dev/sockeye/postgres/PostgresExamples.java"))
                + Files.readString(Path.of("src/test/java/dev/sockeye/postgres/SpringTransactionTest.java")));
        int count = 0;
        for (String page : List.of("postgres", "emitter")) {
            Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                    .matcher(Files.readString(Path.of("../docs/" + page + ".md")));
            while (blocks.find()) {
                assertThat(source).contains(flat(blocks.group(1)));
                count++;
            }
        }
        assertThat(count).isEqualTo(7);
    }
}
