package dev.sockeye.engineio;

import java.time.Duration;

/** Options of the Engine.IO server; immutable. */
public final class EngineOptions {
    private final String path;

    private EngineOptions(String path) {
        this.path = path;
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts with these values. */
    public Builder toBuilder() {
        return new Builder().path(path);
    }

    /** The path. */
    public String path() {
        return path;
    }

    /** Between two heartbeats. */
    public Duration pingInterval() {
        return Duration.ofSeconds(25);
    }

    /** How long an answer to a heartbeat may take. */
    public Duration pingTimeout() {
        return Duration.ofSeconds(20);
    }

    /** Builds options. */
    public static final class Builder {
        private String path = "/engine.io";

        private Builder() {}

        /** The path. */
        public Builder path(String value) {
            path = value;
            return this;
        }

        /** The options. */
        public EngineOptions build() {
            return new EngineOptions(path);
        }
    }
}
