package dev.sockeye.verification.torture;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The messages of a {@link SessionClient}: those that it has sent, and those that it must receive. */
final class SessionModel {

    private final Random random;
    private final List<String> wrong;
    final List<String> sent = new ArrayList<>();
    final List<String> expected = new ArrayList<>();
    final List<String> received = new ArrayList<>();
    int threads;
    int threadsReceived;
    boolean complete;

    SessionModel(Random random, List<String> wrong) {
        this.random = random;
        this.wrong = wrong;
    }

    Duplex.Message command() {
        switch (random.nextInt(12)) {
            case 0 -> {
                int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 60 : 5);
                int size = random.nextInt(random.nextInt(4) == 0 ? 100_000 / n : 500);
                for (int i = 0; i < n; i++) {
                    expected.add(TortureScript.key(2, TortureServer.burst(size, i)));
                }
                return counted("b" + n + "," + size + ";", false);
            }
            case 1 -> {
                int n = 1 + random.nextInt(5);
                int at = threads;
                threads += n;
                return counted("t" + n + "," + random.nextInt(2000) + "," + at + ";", false);
            }
            case 2 -> {
                return counted("w" + random.nextInt(4000) + ";", false);
            }
            case 3 -> {
                return counted("p" + random.nextInt(4000) + ";", false);
            }
            case 4 -> {
                return counted(
                        "-" + "y".repeat(random.nextInt(random.nextInt(6) == 0 ? 20_000 : 300)), random.nextBoolean());
            }
            default -> {
                boolean binary = random.nextBoolean();
                String text = "e" + (binary ? "" : "ä€\uD83D\uDE00")
                        + "z".repeat(random.nextInt(random.nextInt(6) == 0 ? 20_000 : 300));
                expected.add(TortureScript.key(binary ? 2 : 1, text.getBytes(StandardCharsets.UTF_8)));
                return counted(text, binary);
            }
        }
    }

    Duplex.Message counted(String text, boolean binary) {
        byte[] data = text.getBytes(StandardCharsets.UTF_8);
        sent.add(TortureScript.key(binary ? 2 : 1, data));
        return new Duplex.Message(binary, data);
    }

    void message(boolean binary, byte[] data) {
        if (!binary && data.length > 0 && data[0] == 'D') {
            String text = new String(data, StandardCharsets.US_ASCII);
            int number = Integer.parseInt(text.substring(1, text.indexOf(';')));
            if (number != threadsReceived++) {
                wrong.add("message " + number + " of threads is number " + (threadsReceived - 1));
            }
        } else if (!binary && data.length == 1 && data[0] == 'F') {
            complete = true;
            if (!received.equals(expected) || threads != threadsReceived) {
                wrong.add("not all had been received: " + received.size() + " of " + expected.size() + ", threads "
                        + threadsReceived + " of " + threads);
            }
        } else {
            int at = received.size();
            String key = TortureScript.key(binary ? 2 : 1, data);
            received.add(key);
            if (at >= expected.size() || !expected.get(at).equals(key)) {
                wrong.add("message " + at + " is " + key + " instead of "
                        + (at < expected.size() ? expected.get(at) : "none"));
            }
        }
    }

    static byte[] typed(byte[] data) {
        byte[] typed = new byte[data.length + 1];
        typed[0] = '4';
        System.arraycopy(data, 0, typed, 1, data.length);
        return typed;
    }
}
