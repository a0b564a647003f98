package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Findings of the differential run against the official server about single requests. */
class PollingRequestsTest {
    private final Bench bench = new Bench();

    @Test
    void aPostWhoseHandlerClosesTheSessionIsAnswered() {
        String sid = bench.open();
        List<String> events = new ArrayList<>();
        bench.session().listen(new EngineSocketListener() {
            @Override
            public void onText(byte[] buffer, int offset, int length) {
                events.add("text " + new String(buffer, offset, length, UTF_8));
                bench.session().close();
            }

            @Override
            public void onBinary(byte[] data) {}

            @Override
            public void onClose(CloseReason reason, @Nullable Object description) {
                events.add("close " + reason.text());
            }
        });
        RecordingExchange waiting = bench.poll(sid);
        RecordingExchange post = bench.post(sid, "4a");
        assertThat(post.aborted).isFalse();
        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(waiting.text()).isEqualTo("1");
        assertThat(events).containsExactly("text a", "close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void aRequestWithAnotherProtocolVersionIsRefusedAndTheSessionStaysOpen() {
        Bench both = new Bench(options -> options.allowEIO3(true));
        String sid = both.open();
        RecordingExchange waiting = both.poll(sid);
        for (String protocol : List.of("EIO=3", "EIO=5", "x=1")) {
            String query = "?" + protocol + "&transport=polling&sid=" + sid;
            assertThat(both.get(query).status()).isEqualTo(400);
            assertThat(both.error().error()).isEqualTo(HandshakeError.BAD_REQUEST);
            assertThat(both.error().context())
                    .containsEntry("name", "PROTOCOL_MISMATCH")
                    .containsEntry("protocol", 3)
                    .containsEntry("previousProtocol", 4);
            assertThat(both.request("POST", query, "1:4").status()).isEqualTo(400);
            assertThat(both.upgrade("?" + protocol + "&transport=websocket&sid=" + sid)
                            .rejection
                            .status())
                    .isEqualTo(400);
            assertThat(both.upgrade("?" + protocol + "&transport=polling&sid=" + sid)
                            .rejection
                            .status())
                    .isEqualTo(400);
            assertThat(both.error().context()).containsEntry("name", "PROTOCOL_MISMATCH");
        }
        assertThat(waiting.answered()).isFalse();
        both.send("alive");
        assertThat(waiting.text()).isEqualTo("4alive");
    }

    @Test
    void jsonpRequestsAreSupported() {
        String query = "?EIO=4&transport=polling&j=7";
        assertThat(bench.get(query).text()).startsWith("___eio[7](\"0{").endsWith("\");");
        String session = query + "&sid=" + bench.session().id();
        assertThat(bench.request("POST", session, "d=4a%5Cnb").text()).isEqualTo("ok");
        assertThat(bench.listener().events).containsExactly("text a\nb");
        assertThat(bench.request("POST", session, "d=1&d=4b").text()).isEqualTo("ok");
        assertThat(bench.request("POST", session, "d=4b&d=4c").text()).isEqualTo("ok");
        assertThat(bench.listener().events)
                .as("forms with several d are ignored")
                .containsExactly("text a\nb");
        bench.send("x");
        assertThat(bench.get(session).text()).isEqualTo("___eio[7](\"4x\");");
        assertThat(bench.request("POST", session, "d=1").text()).isEqualTo("ok");
        assertThat(bench.get(session).text()).isEqualTo("___eio[7](\"6\");");
    }

    @Test
    void aMalformedPostDoesNotInterruptAClosingSession() {
        String sid = bench.open();
        bench.send("last");
        bench.loop.execute(() -> bench.session().close());
        assertThat(bench.post(sid, "x").text()).isEqualTo("ok");
        assertThat(bench.poll(sid).text()).isEqualTo("4last");
        assertThat(bench.poll(sid).text()).isEqualTo("6\u001e1");
    }
}
