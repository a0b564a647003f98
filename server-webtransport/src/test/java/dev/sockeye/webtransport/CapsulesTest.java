package dev.sockeye.webtransport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CapsulesTest {
    private static ByteBuf hex(String hex) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    @Test
    void theCloseCapsuleIsFoundBehindOthersInPiecesOfAnySize() {
        String all = "17 03 010203" + "c000000012345678 05 0102030405" + "00 00" + "6843 06 00000102 6869";
        assertThat(new Capsules().read(hex(all))).isEqualTo(0x102);
        Capsules byteByByte = new Capsules();
        long code = -1;
        ByteBuf bytes = hex(all);
        while (bytes.isReadable()) {
            code = byteByByte.read(bytes.readSlice(1));
        }
        assertThat(code).isEqualTo(0x102);
    }

    @Test
    void aCapsuleOfAnyLengthIsSkippedWithoutBeingKept() {
        Capsules capsules = new Capsules();
        assertThat(capsules.read(hex("17 ffffffffffffffff"))).isEqualTo(-1);
        for (int i = 0; i < 1000; i++) {
            assertThat(capsules.read(Unpooled.wrappedBuffer(new byte[10_000]))).isEqualTo(-1);
        }
    }

    @Test
    void aCloseCapsuleThatCannotBeOneIsAnError() {
        for (String bad : new String[] {"6843 03", "6843 4405", "6843 bfffffff"}) {
            assertThatThrownBy(() -> new Capsules().read(hex(bad)))
                    .as(bad)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void reasonsAreCutBetweenCharacters() {
        assertThat(Capsules.close(7, "by")).isEqualTo(hex("6843 06 00000007 6279"));
        ByteBuf capsule = Capsules.close(1, "x" + "é".repeat(1000));
        assertThat(capsule.readableBytes()).isEqualTo(2 + 2 + 4 + 1023);
        assertThat(capsule.toString(8, 1023, StandardCharsets.UTF_8)).endsWith("é");
        assertThat(new Capsules().read(capsule)).isEqualTo(1);
    }

    @Test
    void noiseIsReadToItsEndOrRefused() {
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            Capsules capsules = new Capsules();
            byte[] noise = new byte[random.nextInt(200)];
            random.nextBytes(noise);
            ByteBuf bytes = Unpooled.wrappedBuffer(noise);
            try {
                while (bytes.isReadable() && capsules.read(bytes.readSlice(1)) < 0) {
                    assertThat(bytes.refCnt()).isOne();
                }
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("close capsule");
            }
        }
    }
}
