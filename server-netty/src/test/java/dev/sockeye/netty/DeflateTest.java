package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.PerMessageDeflate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class DeflateTest {
    private static String answer(String offer, int clientMaxWindowBits) {
        Deflate deflate = Deflate.negotiate(
                offer,
                PerMessageDeflate.builder()
                        .clientMaxWindowBits(clientMaxWindowBits)
                        .build());
        return deflate == null ? "declined" : deflate.answer();
    }

    @Test
    void theClientWindowIsLimitedWhenOffered() {
        assertThat(answer("permessage-deflate; client_max_window_bits", 10))
                .isEqualTo("permessage-deflate; client_max_window_bits=10");
        assertThat(answer("permessage-deflate; client_max_window_bits=9", 10))
                .isEqualTo("permessage-deflate; client_max_window_bits=9");
        assertThat(answer("permessage-deflate; client_max_window_bits=12", 10))
                .isEqualTo("permessage-deflate; client_max_window_bits=10");
    }

    @Test
    void theClientWindowIsNotNegotiatedWithoutALimitOrAnOffer() {
        assertThat(answer("permessage-deflate; client_max_window_bits=9", 15))
                .isEqualTo("permessage-deflate; client_max_window_bits=9");
        assertThat(answer("permessage-deflate", 10)).isEqualTo("permessage-deflate");
        assertThat(answer("permessage-deflate; server_max_window_bits=10", 10)).isEqualTo("declined");
        assertThatThrownBy(() ->
                        PerMessageDeflate.builder().clientMaxWindowBits(16).build())
                .hasMessageContaining("clientMaxWindowBits");
    }

    @Test
    void anEmptyMessageIsNotCompressed() {
        Deflate deflate = Deflate.negotiate(
                "permessage-deflate", PerMessageDeflate.builder().threshold(0).build());
        assertThat(deflate.wants(1)).isTrue();
        assertThat(deflate.wants(0)).isFalse();
    }

    @Test
    void spacesBetweenParametersAreIgnored() {
        assertThat(answer(
                        " x-other , permessage-deflate ;\tclient_max_window_bits = \"9\" ;client_no_context_takeover",
                        10))
                .isEqualTo("permessage-deflate; client_no_context_takeover; client_max_window_bits=9");
        assertThat(answer("permessage-deflate; ", 10)).isEqualTo("declined");
    }

    /** A header is shorter, but an I/O thread reads it. */
    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void anOfferIsReadInLinearTime() {
        assertThat(answer("permessage-deflate" + " ".repeat(1_000_000) + "x", 10))
                .isEqualTo("declined");
    }
}
