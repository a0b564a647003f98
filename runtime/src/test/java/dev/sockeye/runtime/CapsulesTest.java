package dev.sockeye.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CapsulesTest {
    private static ByteBuffer hex(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static ByteBuffer one(ByteBuffer bytes) {
        return ByteBuffer.wrap(new byte[] {bytes.get()});
    }

    @Test
    void theCloseCapsuleIsFoundAfterOthersAlsoByteByByte() {
        String all = "17 03 010203" + "c000000012345678 05 0102030405" + "00 00" + "6843 06 00000102 6869";
        assertThat(new Capsules().read(hex(all))).isEqualTo(0x102);
        Capsules byteByByte = new Capsules();
        long code = -1;
        ByteBuffer bytes = hex(all);
        while (bytes.hasRemaining()) {
            code = byteByByte.read(one(bytes));
        }
        assertThat(code).isEqualTo(0x102);
        assertThat(byteByByte.reason()).isEqualTo("hi");
    }

    @Test
    void anUnknownCapsuleOfAnyLengthIsSkippedWithoutBuffering() {
        Capsules capsules = new Capsules();
        assertThat(capsules.read(hex("17 ffffffffffffffff"))).isEqualTo(-1);
        for (int i = 0; i < 1000; i++) {
            assertThat(capsules.read(ByteBuffer.wrap(new byte[10_000]))).isEqualTo(-1);
        }
    }

    @Test
    void aCloseCapsuleWithAnInvalidLengthIsRejected() {
        for (String bad : new String[] {"6843 03", "6843 4405", "6843 bfffffff"}) {
            assertThatThrownBy(() -> new Capsules().read(hex(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void longReasonsAreTruncatedAtACharacterBoundary() {
        assertThat(Capsules.close(7, "by"))
                .isEqualTo(hex("6843 06 00000007 6279").array());
        byte[] capsule = Capsules.close(-2, "x" + "é".repeat(1000));
        assertThat(capsule).hasSize(2 + 2 + 4 + 1023);
        Capsules read = new Capsules();
        assertThat(read.read(ByteBuffer.wrap(capsule))).isEqualTo(0xffff_fffeL);
        assertThat(read.reason()).isEqualTo("x" + "é".repeat(511));
    }

    @Test
    void randomBytesAreSkippedOrRejected() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            Capsules capsules = new Capsules();
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            ByteBuffer bytes = ByteBuffer.wrap(noise);
            try {
                while (bytes.hasRemaining() && capsules.read(one(bytes)) < 0) {
                    assertThat(capsules.reason()).isEmpty();
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("close capsule");
            }
        }
    }
}
