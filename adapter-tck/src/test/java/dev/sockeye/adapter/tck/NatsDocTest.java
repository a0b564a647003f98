package dev.sockeye.adapter.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.adapter.AdapterFactory;
import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page docs/write-an-adapter.md. */
class NatsDocTest {
    private static final Path TESTS = Path.of("src/test/java/dev/sockeye/adapter/tck");

    /** The code of the page. */
    static AdapterFactory adapter() {
        AdapterFactory adapter = namespace ->
                new ClusterAdapter(namespace, new NatsTransport("nats://localhost"), ClusterOptions.defaults());
        return adapter;
    }

    private static String flat(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void theCodeOfThePageIsCompiled() throws Exception {
        String here = flat(Files.readString(TESTS.resolve("NatsDocTest.java")));
        String contract = Files.readString(TESTS.resolve("NatsContractTest.java"));
        Matcher blocks = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("../docs/write-an-adapter.md")));
        int count = 0;
        while (blocks.find()) {
            String block = blocks.group(1);
            if (block.startsWith("class ")) {
                assertThat(block.lines().map(String::strip)).allMatch(contract::contains);
            } else {
                assertThat(here).contains(flat(block));
            }
            count++;
        }
        assertThat(count).isEqualTo(2);
    }
}
