package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/spring-boot.md: its code is that of tests here and of the example, its properties are all there are. */
final class DocsTest {
    private static final Path PAGE = Path.of("../docs/spring-boot.md");

    private static String flat(String code) {
        return code.replaceAll("\\s+", " ").trim();
    }

    private static String sources(String folder) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(folder))) {
            List<String> all = new ArrayList<>();
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                all.add(flat(Files.readString(file)));
            }
            return String.join("\n", all);
        }
    }

    @Test
    void theCodeOfThePageIsRunByTests() throws IOException {
        String code = sources("src/test/java")
                + sources("../examples/spring-boot-chat/src/main/java")
                + sources("../verification/outsiders/spring/src/main/java");
        Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        int count = 0;
        while (blocks.find()) {
            for (String part : blocks.group(1).split("\n\n(?=@)", -1)) {
                assertThat(code).contains(flat(part));
                count++;
            }
        }
        assertThat(count).isEqualTo(10);
    }

    @Test
    void eachPropertyIsDocumentedAndHasMetadata() throws IOException {
        String metadata = Files.readString(Path.of("target/classes/META-INF/spring-configuration-metadata.json"));
        Matcher properties = Pattern.compile(
                        "\\{[^{}]*\"name\": \"sockeye\\.([a-z0-9.-]+)\"[^{}]*\"sourceType\"[^{}]*\\}")
                .matcher(metadata.substring(metadata.indexOf("\"properties\"")));
        String page = Files.readString(PAGE);
        List<String> undescribed = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        int count = 0;
        while (properties.find()) {
            count++;
            String name = properties.group(1);
            String leaf = name.substring(name.indexOf('.') + 1);
            if (!properties.group().contains("\"description\"")
                    || !properties.group().contains("\"type\"")) {
                undescribed.add(name);
            }
            if (!Stream.of("`" + name + "`", "`." + leaf + "`").anyMatch(page::contains)) {
                missing.add(name);
            }
        }
        assertThat(count).isGreaterThan(50);
        assertThat(undescribed).isEmpty();
        assertThat(missing.stream().collect(Collectors.joining(", "))).isEmpty();
    }
}
