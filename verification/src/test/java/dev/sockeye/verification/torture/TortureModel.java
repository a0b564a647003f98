package dev.sockeye.verification.torture;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What may have happened between a {@link TortureClient} and a {@link TortureServer}. */
final class TortureModel {

    private TortureModel() {}

    /**
     * Adds what is wrong. A servlet container reads and writes the frames itself. It answers a close frame before the messages that
     * wait for the one that it writes, it may send a message in parts, it chooses the codes of violations, and it does not send all codes.
     */
    static void compare(
            boolean container,
            TortureScript script,
            TortureClient client,
            TortureServer.Peer peer,
            List<String> wrong) {
        Integer code = peer.closed.getNow(null);
        if (code != null && !codes(container, script).contains(code)) {
            wrong.add("closed with " + code);
        }
        boolean allReceived = switch (script.end) {
            case CLOSE, SERVER_CLOSE -> true;
            case VIOLATION -> !container;
            default -> false;
        };
        boolean allSent = allReceived && (!container || script.end == TortureScript.End.SERVER_CLOSE);
        List<String> expected = script.answers;
        List<String> frames = container ? withoutClose(client.frames) : client.frames;
        if (container) {
            expected = withoutClose(expected);
        } else if (client.fragments) {
            wrong.add("received fragments");
        }
        if ((allSent && (!frames.equals(expected) || client.directs != script.directs || client.broken))
                || frames.size() > expected.size()
                || !frames.equals(expected.subList(0, frames.size()))) {
            int same = 0;
            while (same < frames.size()
                    && same < expected.size()
                    && frames.get(same).equals(expected.get(same))) {
                same++;
            }
            wrong.add("received " + frames.size() + " frames, " + client.directs + " directs, broken " + client.broken
                    + ", different from " + same + ": " + frames.subList(same, Math.min(same + 3, frames.size()))
                    + " instead of " + expected.subList(same, Math.min(same + 3, expected.size())));
        }
        if (container
                && script.end == TortureScript.End.SERVER_CLOSE
                && (client.frames.size() != script.answers.size()
                        || !client.frames.get(frames.size()).startsWith("8 "))) {
            wrong.add("received no close frame, or more");
        }
        if ((allReceived && (peer.messages() != script.messages || peer.received() != script.received.getValue()))
                || peer.messages() > script.messages) {
            wrong.add("the server has received " + peer.messages() + " messages");
        }
        int at = 0;
        for (String pong : client.pongs) {
            while (at < script.pings.size() && !script.pings.get(at).equals(pong)) {
                at++;
            }
            if (at++ == script.pings.size()) {
                wrong.add("unexpected pong");
                break;
            }
        }
    }

    private static Set<Integer> codes(boolean container, TortureScript script) {
        if (!container) {
            return Set.of(script.closeCode);
        }
        return switch (script.end) {
            case CLOSE, CLOSE_AND_MORE -> Set.of(script.closeCode);
            case VIOLATION, SERVER_ABORT -> Set.of(1002, 1003, 1006, 1007, 1009);
            case SERVER_CLOSE -> new HashSet<>(List.of(script.closeCode, script.serverCode, 1000));
            default -> Set.of(script.closeCode);
        };
    }

    private static List<String> withoutClose(List<String> frames) {
        return frames.stream().filter(each -> !each.startsWith("8 ")).collect(Collectors.toList());
    }
}
