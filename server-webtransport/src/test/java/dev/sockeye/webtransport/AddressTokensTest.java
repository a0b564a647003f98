package dev.sockeye.webtransport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class AddressTokensTest {
    private static final InetSocketAddress ADDRESS = new InetSocketAddress("192.0.2.1", 4000);

    private long now = 1_000_000;
    private final byte[] key = AddressTokens.newKey();
    private final AddressTokens tokens = new AddressTokens(key, () -> now);
    private final ByteBuf id = Unpooled.wrappedBuffer(new byte[] {9, 8, 7});

    private ByteBuf token() {
        ByteBuf token = Unpooled.buffer(tokens.maxTokenLength());
        assertThat(tokens.writeToken(token, id, ADDRESS)).isTrue();
        return token;
    }

    @Test
    void aTokenIsValidOnlyForItsAddressAndThirtySeconds() {
        ByteBuf token = token();
        int at = tokens.validateToken(token, ADDRESS);
        assertThat(token.slice(at, token.readableBytes() - at)).isEqualTo(id);
        assertThat(new AddressTokens(key, () -> now).validateToken(token, ADDRESS))
                .as("on another loop")
                .isEqualTo(at);
        assertThat(tokens.validateToken(token, new InetSocketAddress("192.0.2.2", 4000)))
                .isEqualTo(-1);
        assertThat(tokens.validateToken(token, new InetSocketAddress("192.0.2.1", 4001)))
                .isEqualTo(-1);
        assertThat(new AddressTokens(AddressTokens.newKey(), () -> now).validateToken(token, ADDRESS))
                .isEqualTo(-1);
        now += 30_000;
        assertThat(tokens.validateToken(token, ADDRESS)).isEqualTo(at);
        now++;
        assertThat(tokens.validateToken(token, ADDRESS)).isEqualTo(-1);
    }

    @Test
    void aModifiedTokenIsInvalid() {
        ByteBuf token = token();
        for (int i = 0; i < token.readableBytes(); i++) {
            ByteBuf changed = token.copy();
            changed.setByte(i, changed.getByte(i) ^ 1);
            assertThat(tokens.validateToken(changed, ADDRESS)).as("byte %d", i).isEqualTo(-1);
        }
        assertThat(tokens.validateToken(Unpooled.EMPTY_BUFFER, ADDRESS)).isEqualTo(-1);
        assertThat(tokens.validateToken(Unpooled.wrappedBuffer(new byte[200]), ADDRESS))
                .isEqualTo(-1);
    }
}
