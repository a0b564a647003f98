package dev.sockeye.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The Java code in README.md and docs/ is the code between {@code // tag::} and {@code // end::} that the tests here run. */
class DocsTest {
    private static final Path ROOT = Path.of("..");
    /** Held to their code by a test of the module that they describe. */
    private static final Set<String> ELSEWHERE = Set.of(
            "hosting.md",
            "cluster.md",
            "spring-boot.md",
            "postgres.md",
            "emitter.md",
            "kafka.md",
            "write-an-adapter.md",
            "observability.md",
            "presence.md",
            "admin-ui.md",
            "testing.md",
            "webtransport.md");

    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern IMPORT = Pattern.compile("^import (dev\\.sockeye\\.[\\w.]+);$", Pattern.MULTILINE);

    private static final Pattern ANY_IMPORT = Pattern.compile("import [\\w.]+;");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!http|#)([^)#]+)(#[^)]*)?\\)");

    @Test
    void everyJavaBlockIsTakenFromATest() throws IOException {
        Set<String> tagged = tagged();
        List<String> strange = new ArrayList<>();
        int blocks = 0;
        for (Path page : pages()) {
            if (ELSEWHERE.contains(page.getFileName().toString())) {
                continue;
            }
            Matcher block = BLOCK.matcher(Files.readString(page));
            while (block.find()) {
                blocks++;
                boolean imports = block.group(1)
                        .lines()
                        .allMatch(line -> ANY_IMPORT.matcher(line).matches());
                if (!imports && !tagged.contains(plain(block.group(1)))) {
                    strange.add(page + ":\n" + block.group(1));
                }
            }
        }
        assertThat(strange).isEmpty();
        assertThat(blocks).isGreaterThan(15);
    }

    @Test
    void importsInTheDocsReferToExistingClasses() throws IOException {
        List<Path> modules;
        try (Stream<Path> folders = Files.list(ROOT)) {
            modules = folders.map(folder -> folder.resolve("src/main/java"))
                    .filter(Files::isDirectory)
                    .toList();
        }
        int imports = 0;
        for (Path page : pages()) {
            Matcher line = IMPORT.matcher(Files.readString(page));
            while (line.find()) {
                imports++;
                String file = line.group(1).replace('.', '/') + ".java";
                assertThat(modules)
                        .as("%s: %s", page, line.group(1))
                        .anyMatch(module -> Files.exists(module.resolve(file)));
            }
        }
        assertThat(imports).isGreaterThan(5);
    }

    @Test
    void theHostingPageContainsTheTestedCode() throws IOException {
        String page = plain(Files.readString(ROOT.resolve("docs/hosting.md")));
        assertThat(page)
                .contains(shown("TlsTest", "tls"))
                .contains(shown("TlsTest", "reload"))
                .contains(shown("ProxiesTest", "trusted-proxies"))
                .contains(shown("ProxiesTest", "proxy-protocol"));
    }

    /** Tagged code of a test as a page shows it. */
    private static String shown(String test, String tag) throws IOException {
        String source = Files.readString(Path.of("src/test/java/dev/sockeye/examples/docs/" + test + ".java"));
        String start = "// tag::" + tag + "\n";
        String code = source.substring(source.indexOf(start) + start.length(), source.indexOf("// end::" + tag + "\n"));
        return "```java\n" + plain(code) + "\n```";
    }

    @Test
    void buildFilesInTheDocsMatchThoseThatReleaseCheckBuilds() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/getting-started.md"));
        Path outsiders = ROOT.resolve("verification/outsiders");
        for (String file : List.of(
                "maven/pom.xml",
                "gradle/build.gradle.kts",
                "kotlin/pom.xml",
                "kotlin/src/main/kotlin/Chat.kt",
                "gradle-kotlin/build.gradle.kts",
                "jlink/src/main/java/module-info.java")) {
            assertThat(page).contains(Files.readString(outsiders.resolve(file)));
        }
        String spring = Files.readString(ROOT.resolve("docs/spring-boot.md"));
        for (String file : List.of(
                "spring/pom.xml",
                "gradle-spring/build.gradle.kts",
                "spring/src/main/java/shop/Shop.java",
                "spring/src/main/java/shop/Orders.java",
                "spring/src/main/resources/static/index.html")) {
            assertThat(spring).contains(Files.readString(outsiders.resolve(file)));
        }
        String chat = Files.readString(outsiders.resolve("maven/src/main/java/MinimalChat.java"));
        assertThat(page).contains(chat);
        String parent = Files.readString(ROOT.resolve("pom.xml"));
        String version = parent.substring(parent.indexOf("<revision>") + 10, parent.indexOf("</revision>"));
        for (String project : List.of("maven", "kotlin", "spring", "jlink")) {
            assertThat(Files.readString(outsiders.resolve(project + "/pom.xml")))
                    .contains("<sockeye.version>" + version + "<");
        }
        for (String project : List.of("gradle", "gradle-kotlin", "gradle-spring")) {
            assertThat(Files.readString(outsiders.resolve(project + "/build.gradle.kts")))
                    .contains("sockeye-bom:" + version + "\"");
        }
        assertThat(page).contains("`" + version + "`");
    }

    @Test
    void linksBetweenPagesPointToExistingFiles() throws IOException {
        for (Path page : pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                assertThat(page.resolveSibling(link.group(1)))
                        .as("%s links to it", page)
                        .exists();
            }
        }
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            Stream.of(ROOT.resolve("README.md")),
                            docs.filter(p -> p.toString().endsWith(".md")))
                    .toList();
        }
    }

    private static Set<String> tagged() throws IOException {
        Set<String> found = new HashSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                List<String> lines = Files.readAllLines(file);
                for (int i = 0; i < lines.size(); i++) {
                    if (lines.get(i).strip().startsWith("// tag::")) {
                        String end = lines.get(i).strip().replace("tag::", "end::");
                        int last = i + 1;
                        while (!lines.get(last).strip().equals(end)) {
                            last++;
                        }
                        found.add(plain(String.join("\n", lines.subList(i + 1, last))));
                    }
                }
            }
        }
        return found;
    }

    private static String plain(String code) {
        return code.stripIndent().strip();
    }
}
