package dev.sockeye.test;

/** The entry point of the assertions; made to be imported statically, beside {@code org.assertj.core.api.Assertions.assertThat}. */
public final class SockeyeAssertions {
    private SockeyeAssertions() {}

    /** Assertions on what a client received. */
    public static TestSocketAssert assertThat(TestSocket actual) {
        return new TestSocketAssert(actual);
    }
}
