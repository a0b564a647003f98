package dev.sockeye.verification.jmh;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** What the benchmarks send: the sizes and shapes that applications have. */
final class Messages {
    private Messages() {}

    /** A chat message, as applications model it. */
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
