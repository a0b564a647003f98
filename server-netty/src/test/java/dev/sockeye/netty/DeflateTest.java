package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.host.PerMessageDeflate;
import org.junit.jupiter.api.Test;

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
        assertThat(answer("permessage-deflate; client_max_window_bits=9", 15)).isEqualTo("permessage-deflate");
        assertThat(answer("permessage-deflate", 10)).isEqualTo("permessage-deflate");
        assertThat(answer("permessage-deflate; server_max_window_bits=10", 10)).isEqualTo("declined");
        assertThatThrownBy(() ->
                        PerMessageDeflate.builder().clientMaxWindowBits(16).build())
                .hasMessageContaining("clientMaxWindowBits");
    }
}
