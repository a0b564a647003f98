package dev.sockeye.verification;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineCodecV3;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The decoders of both revisions of the Engine.IO protocol. */
final class EngineFuzz {
    /** Decodes one input. */
    @FunctionalInterface
    private interface Decoding {
        void decode(byte[] input) throws EngineDecodeException;
    }

    private EngineFuzz() {}

    static void add(Map<String, Fuzz.Target> targets, Map<String, List<byte[]>> seeds) {
        List<EnginePacket> packets = List.of(
                new EnginePacket.Open("{\"sid\":\"abc\",\"upgrades\":[]}"),
                new EnginePacket.Close(),
                new EnginePacket.Ping("probe"),
                new EnginePacket.Pong(""),
                EnginePacket.Message.text("2[\"ä€😀\",{}]"),
                EnginePacket.Message.binary(new byte[] {0, 1, 2, -1, 30, 52}),
                new EnginePacket.Upgrade(),
                new EnginePacket.Noop());
        List<byte[]> single = new ArrayList<>();
        packets.forEach(packet -> single.add(EngineCodec.encode(packet)));
        List<byte[]> payloads = new ArrayList<>();
        List<byte[]> texts = new ArrayList<>();
        List<byte[]> binaries = new ArrayList<>();
        for (int from = 0; from < packets.size(); from++) {
            List<EnginePacket> some = packets.subList(from, packets.size());
            payloads.add(EngineCodec.encodePayload(some));
            texts.add(EngineCodecV3.encodeTextPayload(some).getBytes(StandardCharsets.UTF_8));
            binaries.add(EngineCodecV3.encodeBinaryPayload(some));
        }
        add(targets, seeds, "engine.io 4 packet", single, input -> EngineCodec.decode(input, 0, input.length));
        add(targets, seeds, "engine.io 4 payload", payloads, input -> EngineCodec.decodePayload(input, packet -> true));
        add(targets, seeds, "engine.io 3 packet", single, input -> EngineCodecV3.decode(input, 0, input.length));
        add(
                targets,
                seeds,
                "engine.io 3 text",
                texts,
                input -> EngineCodecV3.decodeTextPayload(new String(input, StandardCharsets.UTF_8), packet -> true));
        add(
                targets,
                seeds,
                "engine.io 3 binary",
                binaries,
                input -> EngineCodecV3.decodeBinaryPayload(input, packet -> true));
    }

    private static void add(
            Map<String, Fuzz.Target> targets,
            Map<String, List<byte[]>> seeds,
            String name,
            List<byte[]> inputs,
            Decoding decoding) {
        seeds.put(name, inputs);
        targets.put(name, (mutator, input) -> {
            try {
                decoding.decode(input);
                return true;
            } catch (EngineDecodeException e) {
                return false;
            }
        });
    }
}
