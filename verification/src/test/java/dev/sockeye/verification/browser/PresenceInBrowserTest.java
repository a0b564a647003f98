package dev.sockeye.verification.browser;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The presence example, in a separate process, used by two pages in headless Chromium. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class PresenceInBrowserTest {
    @Test
    void twoPagesShowOnlineUsersAndTheirCursors() throws Exception {
        String chromium = Chromium.find("presence in a browser");
        if (chromium == null) {
            return;
        }
        Chromium.run(
                List.of(
                        "node",
                        "presence.mjs",
                        chromium,
                        Chromium.SCREENSHOTS.toString(),
                        Chromium.java(),
                        "-cp",
                        Chromium.classPath(),
                        "dev.sockeye.examples.WhoIsHere",
                        "0"),
                Map.of());
    }
}
