package dev.sockeye.verification.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The npm packages that jars contain: their versions, licence texts and entries of the SBOM. */
class BundledPackagesTest {
    private static final List<Path> LISTS = Stream.of(
                    "server/src/main/client/bundled.json", "admin-ui/src/main/ui/bundled.json")
            .map(ProjectFiles.root()::resolve)
            .toList();

    private final JsonMapper json = new JsonMapper();

    @Test
    void eachDependencyIsListedWithItsBundledVersion() throws IOException {
        for (Path list : LISTS) {
            JsonNode dependencies =
                    json.readTree(list.resolveSibling("package.json").toFile()).path("dependencies");
            assertThat(dependencies.properties()).isNotEmpty();
            dependencies.forEachEntry((name, version) -> assertThat(json.readTree(list.toFile()))
                    .as("%s of %s", name, list)
                    .anySatisfy(listed -> {
                        assertThat(listed.path("name").stringValue()).isEqualTo(name);
                        assertThat(listed.path("version").stringValue()).isEqualTo(version.stringValue());
                    }));
        }
    }

    @Test
    void theLicenceTextsNameEachPackage() throws IOException {
        for (Path list : LISTS) {
            Path module = list.getParent().getParent();
            StringBuilder texts = new StringBuilder();
            try (Stream<Path> files = Files.list(module.resolve("resources/META-INF/licenses"))) {
                for (Path file : files.toList()) {
                    texts.append(Files.readString(file));
                }
            }
            for (JsonNode listed : json.readTree(list.toFile())) {
                assertThat(texts.toString())
                        .as(list.toString())
                        .containsPattern("(^|[\\s,])" + listed.path("name").stringValue() + "([\\s,]|$)");
            }
        }
    }

    @Test
    void eachPackageIsAComponentOfTheSbom(@TempDir Path folder) throws Exception {
        String jar = "pkg:maven/dev.sockeye/sockeye-server@1?type=jar";
        Files.writeString(folder.resolve("bom.json"), """
                {"metadata": {"component": {"bom-ref": "%s"}}, "components": [],
                 "dependencies": [{"ref": "%s", "dependsOn": []}]}
                """.formatted(jar, jar));
        Files.writeString(folder.resolve("bom.xml"), """
                <bom>
                  <metadata><tools>
                    <components>
                    </components>
                  </tools></metadata>
                  <components>
                  </components>
                  <dependencies>
                    <dependency ref="%s">
                    </dependency>
                  </dependencies>
                </bom>
                """.formatted(jar));
        Process node = new ProcessBuilder(
                        "node",
                        ProjectFiles.root().resolve(".ci/npm-sbom.mjs").toString(),
                        LISTS.get(0).toString(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        String output = new String(node.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(node.waitFor()).as(output).isZero();

        JsonNode bom = json.readTree(folder.resolve("bom.json").toFile());
        assertThat(bom.path("components"))
                .hasSameSizeAs(json.readTree(LISTS.get(0).toFile()))
                .anySatisfy(component -> {
                    assertThat(component.path("group").asString("")).isEqualTo("@socket.io");
                    assertThat(component.path("name").asString("")).isEqualTo("component-emitter");
                    assertThat(component.path("purl").asString(""))
                            .startsWith("pkg:npm/%40socket.io/component-emitter@");
                    assertThat(component.at("/licenses/0/license/id").asString(""))
                            .isEqualTo("MIT");
                });
        assertThat(bom.at("/dependencies/0/dependsOn"))
                .extracting(JsonNode::asString)
                .contains("pkg:npm/socket.io-client@4.8.4");
        assertThat(folder.resolve("bom.xml"))
                .content()
                .containsSubsequence(
                        "</tools>", "<purl>pkg:npm/socket.io-client@4.8.4</purl>", "</components>", "<dependencies>");
    }
}
