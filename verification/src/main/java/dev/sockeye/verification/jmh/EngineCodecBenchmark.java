package dev.sockeye.verification.jmh;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Engine.IO packets and polling payloads. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EngineCodecBenchmark {
    private final EnginePacket message = EnginePacket.Message.text(Messages.utf8("2[\"message\",\"hello\"]"));
    private final byte[] packet = EngineCodec.encode(message);
    private final List<EnginePacket> ten = ten();
    private final byte[] payload = EngineCodec.encodePayload(ten);

    private static List<EnginePacket> ten() {
        List<EnginePacket> packets = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            packets.add(EnginePacket.Message.text(Messages.utf8("2[\"message\",\"hello " + i + "\"]")));
        }
        return packets;
    }

    /** One message. */
    @Benchmark
    public byte[] encode() {
        return EngineCodec.encode(message);
    }

    /** One message. */
    @Benchmark
    public EnginePacket decode() throws EngineDecodeException {
        return EngineCodec.decode(packet, 0, packet.length);
    }

    /** A polling body of ten messages. */
    @Benchmark
    public byte[] encodePayload() {
        return EngineCodec.encodePayload(ten);
    }

    /** A polling body of ten messages. */
    @Benchmark
    public List<EnginePacket> decodePayload() throws EngineDecodeException {
        List<EnginePacket> packets = new ArrayList<>(10);
        EngineCodec.decodePayload(payload, packets::add);
        return packets;
    }
}
