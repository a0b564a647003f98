package dev.sockeye.test;

/** The entry point of the assertions; intended for static import, together with {@code org.assertj.core.api.Assertions.assertThat}. */
public final class SockeyeAssertions {
    private SockeyeAssertions() {}

    /** Creates assertions on the events that a client received. */
    public static TestSocketAssert assertThat(TestSocket actual) {
        return new TestSocketAssert(actual);
    }
}
