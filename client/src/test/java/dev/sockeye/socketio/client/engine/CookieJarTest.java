package dev.sockeye.socketio.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CookieJarTest {
    private long now = 1_000_000;
    private final CookieJar jar = new CookieJar(() -> now);

    @Test
    void aReplacedCookieIsSentLast() {
        jar.store(List.of("a=1; Path=/; HttpOnly; SameSite=Lax", "b=\"2\""));
        jar.store(List.of("a=3"));
        assertThat(jar.header()).isEqualTo("b=2; a=3");
    }

    @Test
    void aCookieExpiresAfterItsMaxAge() {
        jar.store(List.of("a=1; Max-Age=10"));
        now += 9_999;
        assertThat(jar.header()).isEqualTo("a=1");
        now += 1;
        assertThat(jar.header()).isNull();
    }

    @Test
    void maxAgeHasPrecedenceOverExpires() {
        jar.store(List.of("a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10"));
        assertThat(jar.header()).isEqualTo("a=1");
    }

    @Test
    void anExpiredCookieRemovesTheStoredOne() {
        jar.store(List.of("a=1", "b=2"));
        jar.store(List.of("a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=; Max-Age=0"));
        assertThat(jar.header()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "-100", "0", "soon", "", "1.5"})
    void aMaxAgeThatIsNotPositiveRemovesTheCookie(String age) {
        jar.store(List.of("a=1"));
        jar.store(List.of("a=; Expires=Thu, 01 Jan 2099 00:00:00 GMT; Max-Age=" + age));
        assertThat(jar.header()).isNull();
    }

    @Test
    void aMaxAgeOfAnyLengthIsAccepted() {
        jar.store(List.of("a=1; Max-Age=99999999999999999999999", "b=2; Max-Age=9223372036854775807"));
        assertThat(jar.header()).isEqualTo("a=1; b=2");
    }

    /** The JDK's parser divides a header with Max-Age at each comma. */
    @Test
    void valuesMayContainAnythingButSemicolons() {
        jar.store(List.of(
                "a=1,b=2; Max-Age=10",
                "c=x=y&z; Path=/",
                "d=version=1,expires=never; Max-Age=10",
                "e={\"f\":\"g\"}; Secure"));
        assertThat(jar.header()).isEqualTo("a=1,b=2; c=x=y&z; d=version=1,expires=never; e={\"f\":\"g\"}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Thu, 01 Jan 1970 00:20:00 GMT",
                "Thu, 01-Jan-1970 00:20:00 GMT",
                "Thursday, 01-Jan-70 00:20:00 GMT",
                "Thu Jan  1 00:20:00 1970",
                "1 january 1970 0:20:0"
            })
    void aCookieExpiresAtItsDateByTheInjectedClock(String date) {
        jar.store(List.of("a=1; expires=" + date));
        now = 1_199_999;
        assertThat(jar.header()).isEqualTo("a=1");
        now = 1_200_000;
        assertThat(jar.header()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "", "Thu, 32 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 2099", "01 Jan 1600 00:00:00"})
    void anInvalidDateRemovesTheCookie(String date) {
        jar.store(List.of("a=1"));
        jar.store(List.of("a=2; Expires=" + date));
        assertThat(jar.header()).isNull();
    }

    @Test
    void aNewCookieReplacesTheOldestOfTooMany() {
        for (int i = 0; i <= 100; i++) {
            jar.store(List.of("c" + i + "=" + i));
        }
        assertThat(jar.header()).startsWith("c1=1; ").endsWith("; c100=100");
    }

    @Test
    void malformedCookiesAreIgnored() {
        jar.store(List.of("", "=x", "no value", "a=1; Max-Age=soon", "b=2"));
        assertThat(jar.header()).isEqualTo("b=2");
    }
}
