package dev.sockeye.verification.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.EngineOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The form of the Kubernetes part of docs/hosting.md; no cluster is at hand. */
@DisplayName("The Kubernetes section of the hosting page")
class KubernetesTest {

    @Test
    void hasStringAnnotationsThatFitTheServerDefaults() throws Exception {
        String page = Files.readString(Path.of("../docs/hosting.md"));
        String start = "```yaml\n";
        int from = page.indexOf(start, page.indexOf("## Kubernetes")) + start.length();
        JsonNode annotations = new YAMLMapper()
                .readTree(page.substring(from, page.indexOf("```", from)))
                .path("metadata")
                .path("annotations");
        Map<String, String> values = new TreeMap<>();
        annotations.properties().forEach(entry -> {
            assertThat(entry.getValue().isString()).as(entry.getKey()).isTrue();
            assertThat(entry.getKey()).startsWith("nginx.ingress.kubernetes.io/");
            values.put(
                    entry.getKey().substring(entry.getKey().indexOf('/') + 1),
                    entry.getValue().stringValue());
        });
        assertThat(values)
                .containsOnlyKeys(
                        "affinity",
                        "session-cookie-name",
                        "session-cookie-expires",
                        "session-cookie-max-age",
                        "proxy-read-timeout",
                        "proxy-send-timeout",
                        "proxy-body-size")
                .containsEntry("affinity", "cookie");
        EngineOptions defaults = EngineOptions.defaults();
        long silence = defaults.pingInterval().plus(defaults.pingTimeout()).toSeconds();
        assertThat(Long.parseLong(values.get("proxy-read-timeout"))).isGreaterThan(silence);
        assertThat(Long.parseLong(values.get("proxy-send-timeout"))).isGreaterThan(silence);
        assertThat(Long.parseLong(values.get("proxy-body-size").replace("m", "")) << 20)
                .isGreaterThan(defaults.maxHttpBufferSize());
        assertThat(page).contains("proxy_read_timeout " + values.get("proxy-read-timeout") + "s;");
    }
}
