package dev.sockeye.socketio.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** Strings of all lengths, with special characters at any position, are unchanged after encoding and decoding. */
class JsonTextTest {
    private static final JsonMapper JACKSON = JsonMapper.shared();
    private static final List<String> SPECIAL = List.of(
            "\"",
            "\\",
            "\n",
            "\u0000",
            "\u001f",
            "\u007f",
            "\u0080",
            "?",
            "\u00e9",
            "\u0141",
            "\u20ac",
            "\ud83d\ude00");

    @Test
    void specialCharactersRoundTripAtAnyPosition() {
        for (String special : SPECIAL) {
            for (int length = 0; length < 90; length++) {
                for (int at = 0; at <= length; at++) {
                    proves("a".repeat(at) + special + "z".repeat(length - at));
                }
            }
        }
    }

    @Test
    void specialCharactersRoundTripAtAnyPositionInLongStrings() {
        for (String special : SPECIAL) {
            for (int length = 120; length < 170; length += 7) {
                for (int at = 0; at <= length; at++) {
                    proves("a".repeat(at) + special + "z".repeat(length - at));
                }
            }
        }
    }

    @Test
    void randomMixturesOfSpecialCharactersRoundTrip() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            int pieces = random.nextInt(20);
            for (int p = 0; p < pieces; p++) {
                text.append("x".repeat(random.nextInt(20))).append(SPECIAL.get(random.nextInt(SPECIAL.size())));
            }
            proves(text.toString());
        }
    }

    @Test
    void unpairedSurrogatesAreEscapedInShortAndLongStrings() {
        assertThat(written("?\ud83d".repeat(50))).isEqualTo('"' + "?\\ud83d".repeat(50) + '"');
        assertThat(written("\ud83d")).isEqualTo("\"\\ud83d\"");
    }

    @Test
    void aControlCharacterIsRefusedAtAnyPosition() {
        for (int at = 0; at < 40; at++) {
            String text = "\"" + "a".repeat(at) + "\u0001" + "b".repeat(20) + "\"";
            assertThat(scans(text)).as(text).isFalse();
            assertThat(scans(text.replace('\u0001', ' '))).isTrue();
            assertThat(scans("\"" + "a".repeat(at))).isFalse();
        }
    }

    private static void proves(String text) {
        String json = written(text);
        assertThat(json).isEqualTo(JACKSON.writeValueAsString(text).replace("\\u001F", "\\u001f"));
        assertThat(scans(json)).as(json).isTrue();
        assertThat(JACKSON.readValue(json, String.class)).isEqualTo(text);
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertThat(JsonReader.read(bytes, 0, bytes.length, List.of())).isEqualTo(text);
    }

    private static String written(String text) {
        JsonOutput output = JsonOutput.take();
        output.writeString(text);
        String json = new String(output.toBytes(), StandardCharsets.UTF_8);
        output.release();
        return json;
    }

    private static boolean scans(String json) {
        byte[] packet = ("[\"e\"," + json + "]").getBytes(StandardCharsets.UTF_8);
        JsonScanner scanner = JsonScanner.take();
        try {
            return scanner.scan(packet, 0, packet.length, 0);
        } finally {
            scanner.release();
        }
    }
}
