package dev.sockeye.verification.jmh;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The parsers of Socket.IO packets: encodes and decodes an event without reading its arguments. */
@NullUnmarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ParserBenchmark {
    /** The parser. */
    @Param({"json", "msgpack"})
    public String parser;

    /** The payload of the event. */
    @Param({"text32", "text1k", "chat", "binary1k"})
    public String payload;

    private Parser used;
    private Parser.Decoder decoder;
    private SocketPacket.Event event;
    private EncodedPacket encoded;

    /** Creates the packets. */
    @Setup
    public void prepare() {
        used = parser.equals("json") ? JsonParser.create() : MsgpackParser.create();
        decoder = used.newDecoder();
        Object value = switch (payload) {
            case "text32" -> Messages.text(32);
            case "text1k" -> Messages.text(1024);
            case "chat" -> Messages.CHAT;
            default -> new byte[1024];
        };
        event = new SocketPacket.Event("/", 7, "message", Arguments.of(value));
        encoded = used.encode(event);
    }

    /** Encodes an event with an ack id. */
    @Benchmark
    public EncodedPacket encode() {
        return used.encode(event);
    }

    /** Decodes an event; the arguments remain bytes. */
    @Benchmark
    public @Nullable SocketPacket decode() throws DecodeException {
        byte[] head = encoded.head();
        SocketPacket packet = encoded.binaryHead() ? decoder.binary(head) : decoder.text(head, 0, head.length);
        for (byte[] attachment : encoded.attachments()) {
            packet = decoder.binary(attachment);
        }
        return packet;
    }
}
