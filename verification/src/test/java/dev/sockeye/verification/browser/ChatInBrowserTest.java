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
    @Test
    void twoPagesChatOverWebsocket() throws Exception {
        run("websocket");
    }

    @Test
    void twoPagesChatOverWebtransportWithTheTlsOption() throws Exception {
        run("webtransport", "--tls");
    }

    @Test
    void twoPagesChatOverLongPollingWhenWebsocketIsBlocked() throws Exception {
        run("polling");
    }

    @Test
    void bothPagesReconnectWhenTheServerIsKilledAndRestarted() throws Exception {
        run("restart");
    }

    @Test
    void aLostConnectionIsRecoveredWithMissedMessages() throws Exception {
        run("recovery");
    }

    @Test
    void thePageWorksInPhoneAndDesktopSize() throws Exception {
        run("pictures");
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
