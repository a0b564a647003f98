package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("An id with the address of its server")
class NodeTokensTest {
    private static final NodeTokens TOKENS = tokens("a secret of the servers");

    private static NodeTokens tokens(String secret) {
        return new NodeTokens(secret.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://10.0.0.1:3000",
                "https://node-1.example.org:443",
                "http://[fd00::1]:8080",
                "http://a:80/shop"
            })
    void containsTheEncryptedAddress(String address) {
        URI node = URI.create(address);
        String sid = TOKENS.append("an-id.of_the.application", node);
        assertThat(sid).startsWith("an-id.of_the.application.").matches("[A-Za-z0-9._-]+");
        assertThat(TOKENS.node(sid)).isEqualTo(node);
        assertThat(sid).as("encrypted").doesNotContain("10.0.0.1");
    }

    @Test
    void cannotBeReadWithAnotherSecret() {
        String sid = TOKENS.append("id", URI.create("http://10.0.0.1:3000"));
        assertThat(tokens("another secret of servers").node(sid)).isNull();
    }

    @Test
    void isInvalidWhenAnyCharacterIsChangedOrMissing() {
        String sid = TOKENS.append(SessionIds.RandomIds.next(), URI.create("http://10.0.0.1:3000"));
        for (int i = 0; i < sid.length(); i++) {
            char other = sid.charAt(i) == 'A' ? 'Q' : 'A'; // differ in a bit that is not padding
            assertThat(TOKENS.node(sid.substring(0, i) + other + sid.substring(i + 1)))
                    .as("changed at " + i)
                    .isNull();
            assertThat(TOKENS.node(sid.substring(0, i))).as("cut at " + i).isNull();
        }
        assertThat(TOKENS.node(sid + "A")).isNull();
    }

    @Test
    void cannotUseTheAddressOfAnotherId() {
        String sid = TOKENS.append("mine", URI.create("http://10.0.0.1:3000"));
        assertThat(TOKENS.node("yours" + sid.substring(sid.lastIndexOf('.')))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a.",
                "lv_VI97HAXpY6yYWAAAC",
                "a.AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "a.%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%"
            })
    void cannotBeReadFromInvalidText(String text) {
        assertThat(TOKENS.node(text)).isNull();
    }
}
