package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The buffer that a loop reuses")
class LoopBufferTest {

    private static int ownedOf(LoopBuffer loop, int takes) {
        List<ByteBuf> held = new ArrayList<>();
        int owned = 0;
        for (int i = 0; i < takes; i++) {
            ByteBuf buffer = loop.take(UnpooledByteBufAllocator.DEFAULT, 16);
            owned += loop.owns(buffer) ? 1 : 0;
            held.add(buffer);
        }
        held.forEach(ByteBuf::release);
        return owned;
    }

    @Test
    void isTakenAgainWhenItWasReleased() {
        LoopBuffer loop = LoopBuffer.returned(64);
        for (int i = 0; i < 3; i++) {
            assertThat(ownedOf(loop, 1)).isEqualTo(1);
        }
        ByteBuf large = loop.take(UnpooledByteBufAllocator.DEFAULT, 65);
        assertThat(loop.owns(large)).isFalse();
        large.release();
    }

    @Test
    void isNotReplacedWhileManyWebSocketsOfAnIterationNeedOne() {
        LoopBuffer loop = LoopBuffer.returned(64);
        assertThat(ownedOf(loop, 1000)).isEqualTo(1);
        assertThat(ownedOf(loop, 1000)).isEqualTo(1);
    }

    @Test
    void isReplacedIfItIsRetainedForLong() {
        LoopBuffer loop = LoopBuffer.replaced(64);
        assertThat(ownedOf(loop, 1000)).isBetween(2, 20);
        assertThat(ownedOf(loop, 1)).isEqualTo(1);
    }
}
