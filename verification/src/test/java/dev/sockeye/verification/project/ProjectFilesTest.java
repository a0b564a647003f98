package dev.sockeye.verification.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The files that maintainers and build servers rely on: workflows, forms, poms. */
@DisplayName("The project's files")
class ProjectFilesTest {
    private static final Pattern ARTIFACT = Pattern.compile("<artifactId>(sockeye-[a-z-]+)</artifactId>");
    private static final Pattern PARENT = Pattern.compile(
            "<parent>\\s*<groupId>dev\\.sockeye</groupId>.*?<version>([^<]+)</version>", Pattern.DOTALL);
    private static final Pattern SCRIPT = Pattern.compile("(?:^|[\\s;&|(])\\./([\\w/-]+)");

    private final Path root = ProjectFiles.root();
    private final YAMLMapper yaml = new YAMLMapper();

    private List<Path> workflows() throws IOException {
        return ProjectFiles.endingWith(".yml").stream()
                .filter(file -> file.getParent().endsWith("workflows"))
                .toList();
    }

    @Test
    void workflowsPassActionlint() throws Exception {
        List<String> command = new ArrayList<>(List.of("node", "src/test/js/workflows.mjs"));
        workflows().forEach(file -> command.add(file.toString()));
        assertThat(command).hasSizeGreaterThan(4);
        Process node = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(output).isZero();
    }

    @Test
    void workflowsRunExistingScripts() throws IOException {
        int scripts = 0;
        for (Path workflow : workflows()) {
            for (JsonNode job : yaml.readTree(workflow.toFile()).path("jobs")) {
                for (JsonNode step : job.path("steps")) {
                    Matcher script = SCRIPT.matcher(step.path("run").asString(""));
                    while (script.find()) {
                        scripts++;
                        assertThat(root.resolve(script.group(1))).isExecutable();
                    }
                }
            }
        }
        assertThat(scripts).isGreaterThan(4);
    }

    @Test
    void issueFormsAndDependabotUpdatesAreWellFormed() throws IOException {
        for (String form : List.of("bug", "feature")) {
            JsonNode read = yaml.readTree(
                    root.resolve(".github/ISSUE_TEMPLATE/" + form + ".yml").toFile());
            assertThat(read.path("name").asString("")).isNotEmpty();
            assertThat(read.path("description").asString("")).isNotEmpty();
            for (JsonNode part : read.path("body")) {
                assertThat(part.path("type").asString("")).isIn("markdown", "textarea", "input", "dropdown");
                assertThat(part.path("attributes").has("label")
                                || part.path("attributes").has("value"))
                        .isTrue();
            }
        }
        for (JsonNode update :
                yaml.readTree(root.resolve(".github/dependabot.yml").toFile()).path("updates")) {
            List<String> folders = new ArrayList<>();
            update.path("directories").forEach(folder -> folders.add(folder.stringValue()));
            if (update.has("directory")) {
                folders.add(update.path("directory").stringValue());
            }
            assertThat(folders)
                    .isNotEmpty()
                    .allSatisfy(folder ->
                            assertThat(root.resolve(folder.substring(1))).isDirectory());
        }
    }

    @Test
    void everyNodePackageFolderIsListedForDependabot() throws IOException {
        List<String> listed = new ArrayList<>();
        for (JsonNode update :
                yaml.readTree(root.resolve(".github/dependabot.yml").toFile()).path("updates")) {
            update.path("directories").forEach(folder -> listed.add(folder.stringValue()));
        }
        assertThat(ProjectFiles.endingWith("package-lock.json"))
                .allSatisfy(lock -> assertThat(listed).contains("/" + root.relativize(lock.getParent())));
    }

    @Test
    void onlyTheParentPomContainsTheVersion() throws IOException {
        for (Path pom : ProjectFiles.endingWith("pom.xml")) {
            Matcher parent = PARENT.matcher(Files.readString(pom));
            if (parent.find()) {
                assertThat(parent.group(1)).as(pom.toString()).isEqualTo("${revision}");
            }
        }
    }

    @Test
    void theBillOfMaterialsListsAllPublishedModules() throws IOException {
        List<String> published = new ArrayList<>();
        for (Path pom : ProjectFiles.endingWith("pom.xml")) {
            String text = Files.readString(pom);
            boolean module = text.contains("<artifactId>sockeye-parent</artifactId><version>${revision}");
            if (module && !text.contains("<maven.deploy.skip>true") && !text.contains("<packaging>pom")) {
                Matcher artifact = ARTIFACT.matcher(text.substring(text.indexOf("</parent>")));
                assertThat(artifact.find()).isTrue();
                published.add(artifact.group(1));
            }
        }
        List<String> listed = new ArrayList<>();
        String bom = Files.readString(root.resolve("bom/pom.xml"));
        Matcher artifact = ARTIFACT.matcher(bom.substring(bom.indexOf("<dependencyManagement>")));
        while (artifact.find()) {
            listed.add(artifact.group(1));
        }
        assertThat(listed).containsExactlyInAnyOrderElementsOf(published).hasSizeGreaterThan(7);
    }
}
