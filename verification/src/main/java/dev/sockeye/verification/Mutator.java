package dev.sockeye.verification;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Mutates valid inputs. Seeded, so that findings can be reproduced. */
final class Mutator {
    private static final List<String> TOKENS = List.of(
            "{\"_placeholder\":true,\"num\":0}",
            "{\"_placeholder\":true,\"num\":-1}",
            "\"_placeholder\"",
            "\"num\":99999999999",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "\\u",
            "\\ud83d",
            "-",
            "51-",
            "999999999999999999999-",
            "/nsp,",
            ",",
            "null",
            "1e999",
            "-0",
            "\u001e",
            "b",
            "\u0000",
            "ä€😀",
            "[[[[[[[[[[[[[[[[[[[[",
            "connect");

    private final SplittableRandom random;
    private final List<byte[]> seeds;

    Mutator(long seed, List<byte[]> seeds) {
        this.random = new SplittableRandom(seed);
        this.seeds = seeds;
    }

    byte[] next() {
        if (random.nextInt(50) == 0) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            return noise;
        }
        byte[] input = seed().clone();
        for (int i = random.nextInt(4); i > 0; i--) {
            input = mutate(input);
        }
        return input;
    }

    boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private byte[] seed() {
        return seeds.get(random.nextInt(seeds.size()));
    }

    private byte[] mutate(byte[] input) {
        if (input.length == 0) {
            return token();
        }
        int at = random.nextInt(input.length);
        int to = at + random.nextInt(input.length - at + 1);
        switch (random.nextInt(8)) {
            case 0 -> {
                input[at] ^= (byte) (1 << random.nextInt(8));
                return input;
            }
            case 1 -> {
                input[at] = (byte) random.nextInt(256);
                return input;
            }
            case 2 -> {
                return Arrays.copyOf(input, at);
            }
            case 3 -> {
                return join(Arrays.copyOf(input, at), Arrays.copyOfRange(input, to, input.length));
            }
            case 4 -> {
                return join(Arrays.copyOf(input, to), Arrays.copyOfRange(input, at, input.length));
            }
            case 5 -> {
                byte[] other = seed();
                int cut = other.length == 0 ? 0 : random.nextInt(other.length);
                return join(Arrays.copyOf(input, at), Arrays.copyOfRange(other, cut, other.length));
            }
            case 6 -> {
                return join(join(Arrays.copyOf(input, at), token()), Arrays.copyOfRange(input, at, input.length));
            }
            default -> {
                byte digit = (byte) ('0' + random.nextInt(10));
                return join(
                        join(Arrays.copyOf(input, at), new byte[] {digit}),
                        Arrays.copyOfRange(input, at, input.length));
            }
        }
    }

    private byte[] token() {
        return TOKENS.get(random.nextInt(TOKENS.size())).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] join(byte[] first, byte[] second) {
        var out = new ByteArrayOutputStream(first.length + second.length);
        out.writeBytes(first);
        out.writeBytes(second);
        return out.toByteArray();
    }
}
