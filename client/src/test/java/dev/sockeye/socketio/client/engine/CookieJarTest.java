package dev.sockeye.socketio.client.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

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

    @Test
    void malformedCookiesAreIgnored() {
        jar.store(List.of("", "=x", "no value", "a=1; Max-Age=soon", "b=2"));
        assertThat(jar.header()).isEqualTo("b=2");
    }
}
