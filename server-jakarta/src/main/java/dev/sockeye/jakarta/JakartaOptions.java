package dev.sockeye.jakarta;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Options of a {@link SockeyeServlet}. Immutable; created with {@link #builder()}. */
public final class JakartaOptions {

    private final @Nullable Executor executor;
    private final int loops;
    private final Duration closeTimeout;
    private final Duration upgradeDecisionTimeout;
    private final Duration maxReadPause;

    private JakartaOptions(Builder b) {
        executor = b.executor;
        loops = b.loops;
        closeTimeout = b.closeTimeout;
        upgradeDecisionTimeout = b.upgradeDecisionTimeout;
        maxReadPause = b.maxReadPause;
    }

    /** All defaults. */
    public static JakartaOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        Builder b = new Builder();
        b.executor = executor;
        b.loops = loops;
        b.closeTimeout = closeTimeout;
        b.upgradeDecisionTimeout = upgradeDecisionTimeout;
        b.maxReadPause = maxReadPause;
        return b;
    }

    /** The executor of the loops; {@code null} if the servlet creates its own. Default {@code null}. */
    public @Nullable Executor executor() {
        return executor;
    }

    /** The number of loops over which the sessions are distributed. Default the number of processors, at least 2. */
    public int loops() {
        return loops;
    }

    /**
     * How long the peer of a closing WebSocket may take to answer, and closing the server in {@code destroy()}. Default
     * 10 seconds.
     */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** How long a WebSocket upgrade may wait for the server's decision. Default 30 seconds. */
    public Duration upgradeDecisionTimeout() {
        return upgradeDecisionTimeout;
    }

    /** How long a thread of a container that cannot stop reading waits for one connection. Default 30 seconds. */
    public Duration maxReadPause() {
        return maxReadPause;
    }

    /** Builds {@link JakartaOptions}. Not thread-safe. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private @Nullable Executor executor;
        private int loops = Math.max(2, Runtime.getRuntime().availableProcessors());
        private Duration closeTimeout = Duration.ofSeconds(10);
        private Duration upgradeDecisionTimeout = Duration.ofSeconds(30);
        private Duration maxReadPause = Duration.ofSeconds(30);

        private Builder() {}

        /**
         * The executor of the loops; default none: the servlet creates a daemon thread for each loop, which ends after
         * 30 s without work, and with the servlet. A custom executor is not shut down. If it rejects a task, the caller
         * runs it.
         */
        @CanIgnoreReturnValue
        public Builder executor(@Nullable Executor value) {
            executor = value;
            return this;
        }

        /**
         * The number of loops over which the sessions are distributed; default the number of processors, at least 2.
         */
        @CanIgnoreReturnValue
        public Builder loops(int value) {
            loops = value;
            return this;
        }

        /**
         * How long the peer of a closing WebSocket may take to answer, and closing the server in {@code destroy()};
         * default 10 s.
         */
        @CanIgnoreReturnValue
        public Builder closeTimeout(Duration value) {
            closeTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * How long a WebSocket upgrade may wait for the server's decision (an asynchronous {@code allowRequest});
         * default 30 s. After that the request is answered with 503.
         */
        @CanIgnoreReturnValue
        public Builder upgradeDecisionTimeout(Duration value) {
            upgradeDecisionTimeout = Objects.requireNonNull(value);
            return this;
        }

        /**
         * In containers that cannot stop reading a WebSocket (Jetty): how long a container thread waits for one
         * connection while the application does not keep up; default 30 s. After that the connection is closed. Tomcat
         * and Undertow stop reading without blocking a thread, for any length of time.
         */
        @CanIgnoreReturnValue
        public Builder maxReadPause(Duration value) {
            maxReadPause = Objects.requireNonNull(value);
            return this;
        }

        /**
         * Builds the options.
         *
         * @throws IllegalArgumentException if a value is out of range
         */
        public JakartaOptions build() {
            if (loops < 1) {
                throw new IllegalArgumentException("loops must be 1 or more, was " + loops);
            }
            positive("closeTimeout", closeTimeout);
            positive("upgradeDecisionTimeout", upgradeDecisionTimeout);
            positive("maxReadPause", maxReadPause);
            return new JakartaOptions(this);
        }

        private static void positive(String name, Duration value) {
            if (value.isNegative() || value.isZero()) {
                throw new IllegalArgumentException(name + " must be positive, was " + value);
            }
            if (value.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        name + " must be at most " + LONGEST.toDays() + " days, was " + value);
            }
        }
    }
}
