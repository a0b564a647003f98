package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The query of a poll is read without a map; the result is the same as with one. */
class PollingQueryTest {
    private static final List<String> PIECES = List.of(
            "EIO",
            "sid",
            "transport",
            "j",
            "b64",
            "t",
            "x",
            "=",
            "=",
            "=",
            "&",
            "&",
            "&",
            "?",
            "#",
            "%73",
            "+",
            "%",
            "4",
            "3",
            "polling",
            "websocket",
            "abc",
            "");

    @Test
    void readsTheParametersOfAPoll() {
        PollingQuery query = PollingQuery.parse("/socket.io/?EIO=4&transport=polling&t=x1&sid=abc&j=2&b64=1");
        assertThat(query.transport()).isEqualTo("polling");
        assertThat(query.sid()).isEqualTo("abc");
        assertThat(query.protocol()).isEqualTo(4);
        assertThat(query.jsonp()).isEqualTo("2");
        assertThat(query.base64()).isTrue();
    }

    @Test
    void anAbsentOrEmptySessionIsNone() {
        assertThat(PollingQuery.parse("/socket.io/").sid()).isNull();
        assertThat(PollingQuery.parse("/socket.io/?sid=").sid()).isNull();
        assertThat(PollingQuery.parse("/socket.io/?sid=a&sid").sid()).isNull();
    }

    @Test
    void isReadLikeAnyQuery() {
        Random random = new Random(3);
        for (int i = 0; i < 100_000; i++) {
            StringBuilder uri = new StringBuilder(random.nextInt(8) == 0 ? "/" : "/?");
            for (int n = random.nextInt(14); n > 0; n--) {
                uri.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            Map<String, String> expected = Query.parse(uri.toString());
            PollingQuery query = PollingQuery.parse(uri.toString());
            String sid = expected.get("sid");
            assertThat(query.transport()).as("%s", uri).isEqualTo(expected.get("transport"));
            assertThat(query.sid()).as("%s", uri).isEqualTo("".equals(sid) ? null : sid);
            assertThat(query.jsonp()).as("%s", uri).isEqualTo(expected.get("j"));
            assertThat(query.base64()).as("%s", uri).isEqualTo(EngineServer.hasValue(expected.get("b64")));
            assertThat(query.protocol()).as("%s", uri).isEqualTo("4".equals(expected.get("EIO")) ? 4 : 3);
        }
    }
}
