package dev.sockeye.verification.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rules for all sources, including tests. */
@DisplayName("Source rules")
class SourceRulesTest {
    private static final Set<String> FOREIGN = Set.of("target", "node_modules", ".venv", ".git");
    private static final int MOST_LINES = 500;
    private static final Pattern UNDERSCORED = Pattern.compile("\\bvoid [a-z][A-Za-z0-9]*_[A-Za-z0-9_]*\\(");

    private static final List<Path> FILES = new ArrayList<>();
    private static Path root;

    @BeforeAll
    static void list() throws IOException {
        root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("sockeye-verify"))) {
            root = root.getParent();
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOREIGN.contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                FILES.add(file);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static List<String> linesOfJava(Predicate<String> wrong) {
        List<String> found = new ArrayList<>();
        for (Path file : FILES) {
            if (!file.toString().endsWith(".java") || file.endsWith("SourceRulesTest.java")) {
                continue;
            }
            List<String> lines = read(file);
            for (int i = 0; i < lines.size(); i++) {
                if (wrong.test(lines.get(i))) {
                    found.add(root.relativize(file) + ":" + (i + 1) + " "
                            + lines.get(i).strip());
                }
            }
        }
        return found;
    }

    private static List<String> read(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void noProductionFileIsLongerThanFiveHundredLines() {
        assertThat(FILES.stream()
                        .filter(file -> file.toString().endsWith(".java")
                                && !file.toString().contains("src/test"))
                        .filter(file -> read(file).size() > MOST_LINES)
                        .map(file -> root.relativize(file) + " " + read(file).size()))
                .isEmpty();
    }

    @Test
    void noSourceCallsSleep() {
        assertThat(linesOfJava(line -> line.contains("Thread.sleep(") || line.contains("TimeUnit.SECONDS.sleep(")))
                .isEmpty();
    }

    @Test
    void noSourceContainsTodoMarkers() {
        assertThat(linesOfJava(line -> line.contains("TODO") || line.contains("FIXME") || line.contains("XXX")))
                .isEmpty();
    }

    @Test
    void everyDisabledTestHasAReason() {
        assertThat(linesOfJava(line -> line.contains("@Disabled") && !line.contains("@Disabled(\"")))
                .isEmpty();
    }

    @Test
    void lockFilesContainNoRegistryUrls() {
        assertThat(FILES.stream()
                        .filter(file -> file.endsWith("package-lock.json"))
                        .filter(file -> read(file).stream().anyMatch(line -> line.contains("\"resolved\": \"http")))
                        .map(file -> root.relativize(file).toString()))
                .isEmpty();
    }

    @Test
    void methodsAreNamedInCamelCase() {
        assertThat(linesOfJava(line -> UNDERSCORED.matcher(line).find())).isEmpty();
    }
}
