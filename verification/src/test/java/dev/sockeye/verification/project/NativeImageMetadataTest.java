package dev.sockeye.verification.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Checks the modules' metadata for GraalVM's native compiler against the existing classes and files. */
@DisplayName("The metadata for native images")
class NativeImageMetadataTest {
    private static final Pattern REFLECTIVE =
            Pattern.compile("(?:getMethod|getDeclaredMethod|findStatic|findVirtual|find)\\(\\s*[^;\"]*?\"(\\w+)\"");

    /** They came with Java 21. */
    private static final Set<String> NEWER = Set.of(
            "java.util.concurrent.Executors#newThreadPerTaskExecutor",
            "java.util.concurrent.Executors#newVirtualThreadPerTaskExecutor",
            "java.lang.Thread#ofVirtual",
            "java.lang.Thread$Builder#name",
            "java.lang.Thread$Builder#factory");

    private static List<Path> published() throws IOException {
        List<Path> folders = new ArrayList<>();
        String bom = Files.readString(ProjectFiles.root().resolve("bom/pom.xml"));
        Matcher module = Pattern.compile("<artifactId>sockeye-([a-z-]+)</artifactId><version>\\$\\{project")
                .matcher(bom);
        while (module.find()) {
            String name = module.group(1);
            folders.add(ProjectFiles.root().resolve(name.equals("test") ? "test-kit" : name));
        }
        assertThat(folders).hasSizeGreaterThan(7);
        return folders;
    }

    private static List<JsonNode> metadata(Path module) throws IOException {
        Path file = module.resolve("src/main/resources/META-INF/native-image/dev.sockeye/sockeye-"
                + module.getFileName() + "/reachability-metadata.json");
        return Files.exists(file) ? List.of(JsonMapper.shared().readTree(file.toFile())) : List.of();
    }

    @Test
    void listsOnlyExistingMethods() throws Exception {
        int methods = 0;
        for (Path module : published()) {
            for (JsonNode metadata : metadata(module)) {
                for (JsonNode entry : metadata.path("reflection")) {
                    for (JsonNode method : entry.path("methods")) {
                        methods++;
                        check(entry.path("type").stringValue(), method);
                    }
                }
            }
        }
        assertThat(methods).isGreaterThan(10);
    }

    private static void check(String type, JsonNode method) {
        String name = method.path("name").stringValue();
        if (Runtime.version().feature() < 21 && NEWER.contains(type + "#" + name)) {
            return;
        }
        List<String> parameters = new ArrayList<>();
        method.path("parameterTypes").forEach(parameter -> parameters.add(parameter.stringValue()));
        try {
            Class<?> found = Class.forName(type, false, NativeImageMetadataTest.class.getClassLoader());
            Stream<? extends Executable> all = name.equals("<init>")
                    ? Arrays.stream(found.getDeclaredConstructors())
                    : Stream.concat(Arrays.stream(found.getMethods()), Arrays.stream(found.getDeclaredMethods()))
                            .filter(each -> each.getName().equals(name));
            assertThat(all.map(each -> Arrays.stream(each.getParameterTypes())
                            .map(Class::getName)
                            .toList()))
                    .as(type + "#" + name)
                    .contains(parameters);
        } catch (ClassNotFoundException e) {
            throw new AssertionError("there is no class " + type, e);
        }
    }

    @Test
    void listsEveryMethodThatTheSourcesLookUpByReflection() throws IOException {
        Set<String> wanted = new TreeSet<>();
        Set<String> named = new TreeSet<>();
        for (Path module : published()) {
            try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".java")).toList()) {
                    String code = Files.readString(file);
                    if (code.contains("java.lang.reflect.Method") || code.contains("MethodHandles")) {
                        Matcher lookup = REFLECTIVE.matcher(code);
                        while (lookup.find()) {
                            wanted.add(lookup.group(1));
                        }
                    }
                }
            }
            for (JsonNode metadata : metadata(module)) {
                for (JsonNode entry : metadata.path("reflection")) {
                    entry.path("methods")
                            .forEach(method -> named.add(method.path("name").stringValue()));
                }
            }
        }
        assertThat(wanted).contains("ofVirtual", "suspend", "getExchange");
        assertThat(named).containsAll(wanted);
    }

    @Test
    void listsAllResourcesAndOnlyExistingOnes() throws IOException {
        for (Path module : published()) {
            List<String> globs = new ArrayList<>();
            for (JsonNode metadata : metadata(module)) {
                metadata.path("resources")
                        .forEach(entry -> globs.add(entry.path("glob").stringValue()));
            }
            for (String resource : resources(module.resolve("src/main/resources"))) {
                assertThat(globs)
                        .as("the metadata of %s for %s", module.getFileName(), resource)
                        .anyMatch(glob -> matches(glob, resource));
            }
            globs.remove("META-INF/services/tools.jackson.databind.JacksonModule"); // the application brings it
            for (String glob : globs) {
                String folder = glob.replaceFirst("/\\*+$", "");
                assertThat(NativeImageMetadataTest.class.getClassLoader().getResource(folder))
                        .as(glob)
                        .isNotNull();
            }
        }
    }

    private static boolean matches(String glob, String resource) {
        return FileSystems.getDefault().getPathMatcher("glob:" + glob).matches(Path.of(resource));
    }

    /** The resources that a module reads at run time; without those read by frameworks and tools. */
    private static List<String> resources(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .filter(file -> !file.startsWith("META-INF") || file.startsWith("META-INF/services"))
                    .toList();
        }
    }
}
