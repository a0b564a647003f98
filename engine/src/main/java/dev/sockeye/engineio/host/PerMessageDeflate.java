package dev.sockeye.engineio.host;

import com.google.errorprone.annotations.CanIgnoreReturnValue;

/**
 * Options of the permessage-deflate extension (RFC 7692), which is used if the client offers it. Immutable. Official
 * counterpart: the {@code perMessageDeflate} option.
 */
public final class PerMessageDeflate {
    private final Builder values;

    private PerMessageDeflate(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static PerMessageDeflate defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** Messages shorter than this many bytes are sent uncompressed. Default 1024. */
    public int threshold() {
        return values.threshold;
    }

    /**
     * The deflate level, 0 to 9, or -1 for the level that the library chooses. Official counterpart: {@code zlibDeflateOptions.level}. Default -1.
     */
    public int level() {
        return values.level;
    }

    /**
     * Whether the server resets its compression window after each message, which needs less memory but compresses less.
     * Default false.
     */
    public boolean serverNoContextTakeover() {
        return values.serverNoContextTakeover;
    }

    /** Whether the client is asked to reset its compression window after each message. Default false. */
    public boolean clientNoContextTakeover() {
        return values.clientNoContextTakeover;
    }

    /**
     * The maximum window of the client, 8 to 15, as a power of two in bytes; only applied to clients whose offer allows
     * the server to limit it. Not supported in servlet containers. Default 15.
     */
    public int clientMaxWindowBits() {
        return values.clientMaxWindowBits;
    }

    /** Builds {@link PerMessageDeflate}. Not thread-safe. */
    public static final class Builder {
        private int threshold = 1024;
        private int level = -1;
        private boolean serverNoContextTakeover = false;
        private boolean clientNoContextTakeover = false;
        private int clientMaxWindowBits = 15;

        private Builder() {}

        private Builder(Builder from) {
            threshold = from.threshold;
            level = from.level;
            serverNoContextTakeover = from.serverNoContextTakeover;
            clientNoContextTakeover = from.clientNoContextTakeover;
            clientMaxWindowBits = from.clientMaxWindowBits;
        }

        /** Messages shorter than this many bytes are sent uncompressed. Default 1024. */
        @CanIgnoreReturnValue
        public Builder threshold(int value) {
            threshold = value;
            return this;
        }

        /**
         * The deflate level, 0 to 9, or -1 for the level that the library chooses. Official counterpart: {@code zlibDeflateOptions.level}. Default -1.
         */
        @CanIgnoreReturnValue
        public Builder level(int value) {
            level = value;
            return this;
        }

        /**
         * Whether the server resets its compression window after each message, which needs less memory but compresses
         * less. Default false.
         */
        @CanIgnoreReturnValue
        public Builder serverNoContextTakeover(boolean value) {
            serverNoContextTakeover = value;
            return this;
        }

        /** Whether the client is asked to reset its compression window after each message. Default false. */
        @CanIgnoreReturnValue
        public Builder clientNoContextTakeover(boolean value) {
            clientNoContextTakeover = value;
            return this;
        }

        /**
         * The maximum window of the client, 8 to 15, as a power of two in bytes; only applied to clients whose offer
         * allows the server to limit it. Not supported in servlet containers. Default 15.
         */
        @CanIgnoreReturnValue
        public Builder clientMaxWindowBits(int value) {
            clientMaxWindowBits = value;
            return this;
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public PerMessageDeflate build() {
            if (threshold < 0) {
                throw new IllegalArgumentException("perMessageDeflate.threshold must be 0 or more, was " + threshold);
            }
            if (level < -1 || level > 9) {
                throw new IllegalArgumentException("perMessageDeflate.level must be -1 to 9, was " + level);
            }
            if (clientMaxWindowBits < 8 || clientMaxWindowBits > 15) {
                throw new IllegalArgumentException(
                        "perMessageDeflate.clientMaxWindowBits must be 8 to 15, was " + clientMaxWindowBits);
            }
            return new PerMessageDeflate(new Builder(this));
        }
    }
}
