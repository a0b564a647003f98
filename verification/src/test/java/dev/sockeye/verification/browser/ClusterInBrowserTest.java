package dev.sockeye.verification.browser;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * {@code examples/cluster/run}, used by pages in headless Chromium through its nginx, on demand: {@code SOCKEYE_CLUSTER_EXAMPLE=1 mvn -pl
 * verification -am test -Dtest=ClusterInBrowserTest -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ClusterInBrowserTest {
    @Test
    void pagesChatAcrossThreeServersAndReconnectWhenTheirServersAreKilled() throws Exception {
        String test = "the cluster example in a browser";
        if (System.getenv("SOCKEYE_CLUSTER_EXAMPLE") == null) {
            Chromium.skip(test, "on demand, a minute, with SOCKEYE_CLUSTER_EXAMPLE=1");
            return;
        }
        if (Chromium.program(System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin", "nginx") == null) {
            Chromium.skip(test, "no nginx found (package nginx)");
            return;
        }
        String chromium = Chromium.find(test);
        if (chromium == null) {
            return;
        }
        String run = Path.of("../examples/cluster/run").toRealPath().toString();
        Chromium.run(
                List.of("node", "cluster.mjs", chromium, Chromium.SCREENSHOTS.toString(), run),
                Map.of("SOCKEYE_CLASSPATH", Chromium.classPath()));
    }
}
