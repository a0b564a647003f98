package dev.sockeye.verification;

import java.util.List;
import java.util.Map;

/** The decoders of the Engine.IO protocol. */
final class EngineFuzz {
    private EngineFuzz() {}

    static void add(Map<String, Fuzz.Target> targets, Map<String, List<byte[]>> seeds) {}
}
