package dev.sockeye.test;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * The time of a {@link SockeyeTest}. It stands still until the test advances it. Heartbeats, timeouts, reconnection delays and
 * recovery use it. It is a {@link Clock}, so that the application can use the same time; it starts at 2026-01-01T00:00Z.
 */
public final class TestClock extends Clock {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final TestLoop loop;
    private final ZoneId zone;

    TestClock(TestLoop loop, ZoneId zone) {
        this.loop = loop;
        this.zone = zone;
    }

    TestClock(TestLoop loop) {
        this(loop, ZoneOffset.UTC);
    }

    /**
     * Advances the clock. Runs all timers that become due, in order, each at its time. Must be called on the thread of
     * the test.
     *
     * @throws IllegalArgumentException if the duration is negative, or more than 26,000 days in total
     * @throws IllegalStateException if called from a handler or listener
     */
    public void advance(Duration by) {
        loop.advance(by);
    }

    /** The total time by which the clock was advanced. */
    public Duration elapsed() {
        return loop.elapsed();
    }

    @Override
    public Instant instant() {
        return START.plus(elapsed());
    }

    @Override
    public ZoneId getZone() {
        return zone;
    }

    @Override
    public TestClock withZone(ZoneId other) {
        return new TestClock(loop, other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TestClock clock && clock.loop == loop && clock.zone.equals(zone);
    }

    @Override
    public int hashCode() {
        return zone.hashCode();
    }

    @Override
    public String toString() {
        return "TestClock[" + instant() + "]";
    }
}
