package dev.sockeye.socketio.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class DecodeExceptionTest {
    private final Parser.Decoder json = JsonParser.create().newDecoder();

    private DecodeException text(String message) {
        byte[] bytes = ("xx" + message).getBytes(StandardCharsets.UTF_8);
        return catchThrowableOfType(DecodeException.class, () -> json.text(bytes, 2, bytes.length - 2));
    }

    @Test
    void theMessageIsTheOfficialTextAndTheDescriptionShowsThePacket() {
        DecodeException error = text("2/admin,[\"a\",}");
        assertThat(error).hasMessage("invalid payload");
        assertThat(error.description()).isEqualTo("invalid payload: EVENT packet of 14 bytes, \"2/admin,[\"a\",}\"");
        assertThat(error.toString()).endsWith(error.description());
        assertThat(text("9").description()).isEqualTo("unknown packet type 9: text of 1 bytes, \"9\"");
        assertThat(text("").description()).isEqualTo("unknown packet type NaN: text of 0 bytes, \"\"");
    }

    @Test
    void longPacketsAreTruncatedAndControlCharactersAreEscaped() {
        String description = text("2\n\u0000\u007f[" + "x".repeat(100_000)).description();
        assertThat(description)
                .startsWith("invalid payload: EVENT packet of 100005 bytes, \"2\\u000a\\u0000\\u007f[xxx")
                .endsWith("x\"...")
                .hasSizeLessThan(130);
    }

    @Test
    void binaryPacketsAreShownInHex() {
        byte[] data = {0, 1, (byte) 0xff};
        DecodeException error = catchThrowableOfType(DecodeException.class, () -> json.binary(data));
        assertThat(error).hasMessage("got binary data when not reconstructing a packet");
        assertThat(error.description()).endsWith(": binary of 3 bytes, 00 01 ff");
        Parser.Decoder msgpack = MsgpackParser.create().newDecoder();
        error = catchThrowableOfType(DecodeException.class, () -> msgpack.binary(new byte[1000]));
        assertThat(error.description()).contains("binary of 1000 bytes, 00 00").endsWith(" ...");
        error = catchThrowableOfType(DecodeException.class, () -> msgpack.text(new byte[] {'2', '['}, 0, 2));
        assertThat(error.description()).endsWith("EVENT packet of 2 bytes, \"2[\"");
    }
}
