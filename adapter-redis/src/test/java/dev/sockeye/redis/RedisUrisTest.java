package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Addresses of Redis with passwords, which must not appear in logs. */
class RedisUrisTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://user:sec ret@host:6379",
                "redis://user:sec|ret@host:6379",
                "redis://:sec ret@host:6379/0",
                "reddis://user:sec-ret@host:6379"
            })
    void anInvalidUriIsReportedWithoutItsPassword(String uri) {
        Throwable error = catchThrowable(() -> RedisAdapter.create(uri));
        assertThat(error).isInstanceOf(IllegalArgumentException.class);
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain("sec");
        }
        assertThat(error).hasMessageContaining("host");
    }

    @Test
    void aValidUriIsParsed() {
        assertThat(RedisUris.parse("redis://user:secret@host:6380").getPort()).isEqualTo(6380);
    }
}
