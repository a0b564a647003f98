package dev.sockeye.verification.browser;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The chat of {@code sockeye chat}, a process of its own, used by pages in headless Chromium. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class ChatInBrowserTest {
    @Test
    void two_pages_chat_over_websocket() throws Exception {
        run("websocket");
    }

    @Test
    void two_pages_chat_over_webtransport_with_one_command() throws Exception {
        run("webtransport", "--tls");
    }

    @Test
    void two_pages_chat_over_long_polling_when_websocket_is_blocked() throws Exception {
        run("polling");
    }

    @Test
    void both_pages_recover_when_the_server_is_killed_and_started_again() throws Exception {
        run("restart");
    }

    @Test
    void a_lost_connection_is_recovered_with_what_was_missed() throws Exception {
        run("recovery");
    }

    @Test
    void the_page_is_photographed_on_phone_and_desktop() throws Exception {
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
