package dev.sockeye.verification.jmh;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The messages of the benchmarks, with typical sizes and shapes. */
final class Messages {
    private Messages() {}

    /** A chat message as in a typical application. */
    record Chat(String room, String from, String text, long at, List<String> tags) {}

    static final Chat CHAT =
            new Chat("lobby", "Ada Lovelace", "The engine might compose music", 1_795_412_905_902L, List.of("a", "b"));

    static final String CHAT_JSON = "{\"room\":\"lobby\",\"from\":\"Ada Lovelace\",\"text\":\"The engine might compose"
            + " music\",\"at\":1795412905902,\"tags\":[\"a\",\"b\"]}";

    static String text(int length) {
        return "abcdefghijklmnopqrstuvwxyz012345".repeat(length / 32 + 1).substring(0, length);
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
