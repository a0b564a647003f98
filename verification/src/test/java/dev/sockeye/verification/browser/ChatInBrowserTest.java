package dev.sockeye.verification.browser;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat of {@code sockeye chat}, in a separate process, used by pages in headless Chromium. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ChatInBrowserTest {
    /** With one server and one browser, because their start takes longer than a scenario. */
    @Test
    void pagesChatOverWebsocketAndLongPollingAndAreRecoveredInPhoneAndDesktopSize() throws Exception {
        run("websocket,polling,recovery,pictures");
    }

    @Test
    void twoPagesChatOverWebtransportWithTheTlsOption() throws Exception {
        run("webtransport", "--tls");
    }

    @Test
    void bothPagesReconnectWhenTheServerIsKilledAndRestarted() throws Exception {
        run("restart");
    }

    private static void run(String scenario, String... options) throws Exception {
        String chromium = Chromium.find("the chat in a browser");
        if (chromium == null) {
            return;
        }
        List<String> command = new ArrayList<>(List.of(
                "node",
                "chat.mjs",
                scenario,
                chromium,
                Chromium.SCREENSHOTS.toString(),
                Chromium.java(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                Chromium.classPath(),
                "dev.sockeye.cli.Main",
                "chat",
                "--port",
                "{port}"));
        command.addAll(List.of(options));
        Chromium.run(command, Map.of());
    }
}
