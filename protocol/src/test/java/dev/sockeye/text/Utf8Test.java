package dev.sockeye.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Utf8Test {
    private static final int[] INTERESTING = {
        0, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff
    };

    @Test
    void validationAgreesWithTheJdk() {
        Random random = new Random(3);
        for (int i = 0; i < 200_000; i++) {
            byte[] data = bytes(random);
            boolean valid =
                    Arrays.equals(new String(data, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8), data);
            if (Utf8.isValid(data) != valid) {
                assertThat(Utf8.isValid(data))
                        .as(HexFormat.of().formatHex(data))
                        .isEqualTo(valid);
            }
        }
    }

    @Test
    void validationCanBeSplitIntoChunks() {
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            byte[] data = bytes(random);
            int cut = random.nextInt(data.length + 1);
            int first = Utf8.check(Utf8.START, data, 0, cut);
            int last = Utf8.check(first, data, cut, data.length);
            assertThat(last).isEqualTo(Utf8.check(Utf8.START, data, 0, data.length));
        }
    }

    private static byte[] bytes(Random random) {
        byte[] data = new byte[random.nextInt(6)];
        for (int j = 0; j < data.length; j++) {
            data[j] = (byte) INTERESTING[random.nextInt(INTERESTING.length)];
        }
        return data;
    }
}
