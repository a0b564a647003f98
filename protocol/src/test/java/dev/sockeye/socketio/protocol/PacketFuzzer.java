package dev.sockeye.socketio.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Creates input for decoders from a seed: random bytes, valid packets, mutated, truncated and joined ones, deep nesting, lengths
 * and counts that lie. The same seed and corpus give the same cases.
 */
final class PacketFuzzer {
    private static final int MAX_LENGTH = 4096;
    private static final int RARE = 4000;

    private final SplittableRandom random;
    private final List<byte[]> corpus;
    private final List<byte[]> tokens;
    private final List<byte[]> nests;

    private PacketFuzzer(long seed, List<byte[]> corpus, List<byte[]> tokens, List<byte[]> nests) {
        this.random = new SplittableRandom(seed);
        this.corpus = corpus;
        this.tokens = tokens;
        this.nests = nests;
    }

    /** Cases for {@link JsonParser}. */
    static PacketFuzzer json(long seed) {
        List<byte[]> tokens = new ArrayList<>();
        for (String token : List.of(
                "{\"_placeholder\":true,\"num\":0}",
                "{\"num\":1,\"_placeholder\":true}",
                "\"_placeholder\":true,",
                "\"num\":-1",
                "[",
                "]",
                "{",
                "}",
                ",",
                ":",
                "\"",
                "\\",
                "\\u",
                "\\ud83d",
                "\\u0000",
                "null",
                "true",
                "false",
                "1e999",
                "-0.0e-0",
                "99999999999999999999",
                "/",
                "/admin,",
                "?a=b",
                "51-",
                "60-",
                "510-",
                "511-",
                "99999999999-",
                "-",
                "\u0000",
                " ",
                "\n",
                "é",
                "😀",
                "\"connect\"",
                "\"_placeholder\"",
                "0",
                "1",
                "4")) {
            tokens.add(token.getBytes(UTF_8));
        }
        tokens.add(new byte[] {(byte) 0xff});
        tokens.add(new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80});
        List<byte[]> nests = List.of(
                "[".getBytes(UTF_8), "{\"a\":".getBytes(UTF_8), "[[],".getBytes(UTF_8), "{\"\":[".getBytes(UTF_8));
        return new PacketFuzzer(seed, corpus(JsonParser.create()), tokens, nests);
    }

    /** Cases for {@link MsgpackParser}. */
    static PacketFuzzer msgpack(long seed) {
        List<byte[]> tokens = new ArrayList<>();
        for (String token : List.of(
                "\u00dd\u00ff\u00ff\u00ff\u00ff",
                "\u00df\u007f\u00ff\u00ff\u00ff",
                "\u00db\u00ff\u00ff\u00ff\u00ff",
                "\u00c6\u0080\u0000\u0000\u0000",
                "\u00c9\u00ff\u00ff\u00ff\u00ff\u0000",
                "\u00dc\u00ff\u00ff",
                "\u00de\u00ff\u00ff",
                "\u00d9\u00ff",
                "\u00c4\u00ff",
                "\u00c1",
                "\u00c0",
                "\u0080",
                "\u0090",
                "\u00a0",
                "\u00d7\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                "\u00c7\u000c\u00ff\u00ff\u00ff\u00ff\u00ff\u007f\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                "\u00cb\u007f\u00f8\u0000\u0000\u0000\u0000\u0000\u0000",
                "\u00cf\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff",
                "\u00d3\u0080\u0000\u0000\u0000\u0000\u0000\u0000\u0000",
                "\u00a4type",
                "\u00a3nsp",
                "\u00a4data",
                "\u00a2id",
                "\u00a7connect",
                "\u00a1/",
                "\u00d4\u0000\u0000",
                "\u0002",
                "\u00ff")) {
            tokens.add(token.getBytes(ISO_8859_1));
        }
        List<byte[]> nests = List.of(
                new byte[] {(byte) 0x91},
                new byte[] {(byte) 0x81, (byte) 0xa0},
                new byte[] {(byte) 0x92, (byte) 0x90},
                new byte[] {(byte) 0xdd, 0, 0, 0, 1});
        return new PacketFuzzer(seed, corpus(MsgpackParser.create()), tokens, nests);
    }

    private static List<byte[]> corpus(Parser parser) {
        Random random = new Random(1);
        List<byte[]> corpus = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            Object[] args = new Object[random.nextInt(4)];
            for (int a = 0; a < args.length; a++) {
                args[a] = JacksonBindingTest.randomValue(random, 2);
            }
            String namespace = random.nextBoolean() ? "/" : "/admin";
            long id = random.nextBoolean() ? -1 : random.nextInt(10_000);
            SocketPacket packet = switch (random.nextInt(8)) {
                case 0 -> new SocketPacket.Connect(namespace, Payload.of(java.util.Map.of("token", "x")));
                case 1 -> new SocketPacket.Disconnect(namespace);
                case 2 -> new SocketPacket.ConnectError(namespace, Payload.of("no"));
                case 3, 4 -> new SocketPacket.Ack(namespace, id, Arguments.of(args));
                default -> new SocketPacket.Event(namespace, id, "event" + random.nextInt(20), Arguments.of(args));
            };
            byte[] head = parser.encode(packet).head();
            if (head.length <= MAX_LENGTH / 4) {
                corpus.add(head);
            }
        }
        return corpus;
    }

    /** The next case. */
    byte[] next() {
        int kind = random.nextInt(RARE);
        if (kind == 0) {
            return deep();
        }
        return switch (kind % 10) {
            case 0 -> noise();
            case 1 -> valid();
            case 2 -> cut(valid());
            case 3 -> mutated(mutated(mutated(valid())));
            default -> mutated(valid());
        };
    }

    /** A binary to be sent after a head. */
    byte[] attachment() {
        return new byte[random.nextInt(4)];
    }

    /** How many binaries to send after a head. */
    int attachments() {
        return random.nextInt(12);
    }

    private byte[] valid() {
        return corpus.get(random.nextInt(corpus.size()));
    }

    private byte[] noise() {
        byte[] bytes = new byte[random.nextInt(24)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private byte[] cut(byte[] bytes) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    }

    private byte[] deep() {
        byte[] start = cut(valid());
        byte[] nest = nests.get(random.nextInt(nests.size()));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(start);
        for (int i = random.nextInt(20_000); i > 0; i--) {
            out.writeBytes(nest);
        }
        return out.toByteArray();
    }

    private byte[] mutated(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MAX_LENGTH) {
            return valid();
        }
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(7)) {
            case 0 -> {
                byte[] copy = bytes.clone();
                copy[at] ^= (byte) (1 << random.nextInt(8));
                return copy;
            }
            case 1 -> {
                byte[] copy = bytes.clone();
                copy[at] = (byte) random.nextInt(256);
                return copy;
            }
            case 2 -> {
                return join(bytes, at, tokens.get(random.nextInt(tokens.size())), bytes, at);
            }
            case 3 -> {
                return join(
                        bytes,
                        at,
                        tokens.get(random.nextInt(tokens.size())),
                        bytes,
                        Math.min(bytes.length, at + random.nextInt(6)));
            }
            case 4 -> {
                byte[] other = valid();
                return join(bytes, at, new byte[0], other, random.nextInt(other.length));
            }
            case 5 -> {
                return join(bytes, at, new byte[0], bytes, Math.min(bytes.length, at + 1 + random.nextInt(8)));
            }
            default -> {
                int to = at + random.nextInt(bytes.length - at);
                return join(bytes, to, new byte[0], bytes, at);
            }
        }
    }

    private static byte[] join(byte[] head, int headTo, byte[] middle, byte[] tail, int tailFrom) {
        byte[] joined = Arrays.copyOf(head, headTo + middle.length + tail.length - tailFrom);
        System.arraycopy(middle, 0, joined, headTo, middle.length);
        System.arraycopy(tail, tailFrom, joined, headTo + middle.length, tail.length - tailFrom);
        return joined;
    }
}
