package dev.sockeye.verification;

import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.EncodedPacket;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import dev.sockeye.verification.fuzz.FuzzTarget;
import dev.sockeye.verification.fuzz.GuidedFuzz;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Feeds every decoder with random and mutated input: only the declared exceptions may be thrown. */
@Command(
        name = "fuzz",
        description =
                "feed every decoder with 10,000,000 random and mutated inputs; with --guided: one target by coverage")
final class Fuzz implements Callable<Integer> {
    @Option(names = "--inputs", defaultValue = "10000000", description = "inputs for each decoder; default 10000000")
    private long inputs = 10_000_000;

    @Option(
            names = "--guided",
            description = "let Jazzer choose inputs for one target by coverage: ${COMPLETION-CANDIDATES}")
    private @Nullable FuzzTarget guided;

    @Option(names = "--minutes", defaultValue = "60", description = "with --guided: duration in minutes; default 60")
    private int minutes = 60;

    @Option(
            names = "--found",
            defaultValue = "target/fuzz",
            description = "with --guided: folder for inputs with new coverage; default target/fuzz")
    private Path found = Path.of("target/fuzz");

    @Option(names = "--seed", defaultValue = "1", description = "seed of the random numbers; default 1")
    private long seed = 1;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    /** A consumer of bytes; returns whether it accepted them as valid. */
    @FunctionalInterface
    interface Target {
        boolean feed(Mutator mutator, byte[] input);
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (guided != null) {
            return GuidedFuzz.run(
                    guided,
                    Duration.ofMinutes(minutes),
                    found.resolve(guided.toString()),
                    Path.of("verification/src/test/resources/fuzz").resolve(guided.toString()));
        }
        Map<String, Target> targets = new LinkedHashMap<>();
        Map<String, List<byte[]>> seeds = new LinkedHashMap<>();
        add(targets, seeds, "socket.io JSON", JsonParser.create());
        add(targets, seeds, "socket.io msgpack", MsgpackParser.create());
        EngineFuzz.add(targets, seeds);
        boolean clean = true;
        for (Map.Entry<String, Target> target : targets.entrySet()) {
            clean &= run(target.getKey(), target.getValue(), seeds.getOrDefault(target.getKey(), List.of()));
        }
        out.println(clean ? "no decoder failed" : "failed");
        return clean ? 0 : 1;
    }

    private boolean run(String name, Target target, List<byte[]> seeds) {
        Mutator mutator = new Mutator(seed, seeds);
        long good = 0;
        long start = System.nanoTime();
        int failures = 0;
        for (long i = 0; i < inputs; i++) {
            byte[] input = mutator.next();
            byte[] copy = input.clone();
            try {
                if (target.feed(mutator, input)) {
                    good++;
                }
            } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
                out.printf(
                        "%s: input %d (%s, \"%s\"): %s%n",
                        name,
                        i,
                        HexFormat.of().formatHex(copy, 0, Math.min(copy.length, 200)),
                        new String(copy, 0, Math.min(copy.length, 200), StandardCharsets.UTF_8),
                        e);
                e.printStackTrace(out);
                if (++failures == 3) {
                    break;
                }
            }
        }
        out.printf(
                "%-20s %d inputs, %d of them valid, %d ms%n",
                name, inputs, good, (System.nanoTime() - start) / 1_000_000);
        return failures == 0;
    }

    private static void add(Map<String, Target> targets, Map<String, List<byte[]>> seeds, String name, Parser parser) {
        targets.put(name, new ParserTarget(parser));
        seeds.put(name, seeds(parser));
    }

    private static final class ParserTarget implements Target {
        private final Parser parser;
        private Parser.Decoder decoder;

        ParserTarget(Parser parser) {
            this.parser = parser;
            this.decoder = parser.newDecoder();
        }

        @Override
        public boolean feed(Mutator mutator, byte[] input) {
            try {
                SocketPacket packet = parser instanceof MsgpackParser || mutator.chance(6)
                        ? decoder.binary(input)
                        : decoder.text(input, 0, input.length);
                if (packet != null) {
                    use(packet);
                }
                return true;
            } catch (DecodeException e) {
                if (mutator.chance(2)) {
                    decoder.reset();
                } else {
                    decoder = parser.newDecoder();
                }
                return false;
            } catch (BindingException e) {
                return false;
            }
        }

        private static void use(SocketPacket packet) {
            if (packet instanceof SocketPacket.Event event) {
                read(event.args());
            } else if (packet instanceof SocketPacket.Ack ack) {
                read(ack.args());
            } else if (packet instanceof SocketPacket.Connect connect) {
                read(connect.data());
            } else if (packet instanceof SocketPacket.ConnectError error) {
                read(error.data());
            }
        }

        private static void read(@Nullable Payload payload) {
            if (payload != null) {
                payload.get();
            }
        }

        private static void read(Arguments args) {
            args.toList();
            if (args.size() > 0) {
                try {
                    args.get(0, String.class);
                } catch (BindingException e) {
                    // another type
                }
            }
        }
    }

    private static List<byte[]> seeds(Parser parser) {
        Map<String, Object> nested = new LinkedHashMap<>();
        nested.put("text", "ä€😀 \"x\" \\ \u0001");
        nested.put("list", Arrays.asList(1, -2.5, null, true, Map.of("deep", List.of(new byte[] {1, 2}))));
        List<SocketPacket> packets = List.of(
                new SocketPacket.Connect("/", null),
                new SocketPacket.Connect("/admin", Payload.of(Map.of("token", "abc"))),
                new SocketPacket.Disconnect("/"),
                new SocketPacket.Disconnect("/admin"),
                new SocketPacket.Event("/", SocketPacket.NO_ID, "message", Arguments.none()),
                new SocketPacket.Event("/", 12, "message", Arguments.of("hello", 1, null, 1e300)),
                new SocketPacket.Event("/nsp", 7, "file", Arguments.of(new byte[] {1, 2, 3}, nested)),
                new SocketPacket.Ack("/", 0, Arguments.of(nested)),
                new SocketPacket.Ack("/a", 123456, Arguments.of((Object) new byte[300])),
                new SocketPacket.ConnectError("/", Payload.of(Map.of("message", "no", "data", List.of(1)))));
        List<byte[]> seeds = new ArrayList<>();
        for (SocketPacket packet : packets) {
            EncodedPacket encoded = parser.encode(packet);
            seeds.add(encoded.head());
            seeds.addAll(encoded.attachments());
        }
        return seeds;
    }
}
