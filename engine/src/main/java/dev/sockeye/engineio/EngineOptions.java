package dev.sockeye.engineio;

/** Options of the Engine.IO server; immutable. */
public final class EngineOptions {
    private EngineOptions() {}
}
