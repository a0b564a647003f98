package dev.sockeye.verification.project;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The files of the repository, without what builds and package managers have put there. */
final class ProjectFiles {
    private static final Set<String> FOREIGN = Set.of("target", "node_modules", ".venv", ".git", ".idea");

    private ProjectFiles() {}

    static Path root() {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("sockeye-verify"))) {
            root = root.getParent();
        }
        return root;
    }

    static List<Path> endingWith(String... ends) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root(), new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return FOREIGN.contains(String.valueOf(folder.getFileName()))
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                for (String end : ends) {
                    if (file.toString().endsWith(end)) {
                        found.add(file);
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
        found.sort(null);
        return found;
    }
}
