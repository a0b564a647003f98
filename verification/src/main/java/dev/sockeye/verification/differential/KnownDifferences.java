package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Intended differences: each refers to the line of {@code docs/decisions.md} that explains it. */
final class KnownDifferences {

    /** The first difference between two transcripts, and what led to it. */
    private record Difference(Scenario scenario, Line sockeye, Line reference, boolean sameLines) {
        int step() {
            return Math.min(sockeye.step(), reference.step());
        }

        /** The step after which it was seen; {@code null} if it was seen at the end. */
        @Nullable
        Step cause() {
            return step() < scenario.steps().size() ? scenario.steps().get(step()) : null;
        }

        /** Everything that was sent up to that step, one packet per line. */
        String sent() {
            return scenario.steps().stream()
                    .limit(step() + 1L)
                    .map(KnownDifferences::sent)
                    .collect(Collectors.joining("\n"));
        }

        boolean sent(String pattern) {
            return Pattern.compile(pattern, Pattern.MULTILINE).matcher(sent()).find();
        }
    }

    @FunctionalInterface
    private interface Reason {
        boolean explains(Difference difference);
    }

    /**
     * An intended difference.
     *
     * @param decision the beginning of its line in {@code docs/decisions.md}
     */
    record Known(String decision, Reason reason) {}

    /**
     * Packets without a payload, with an id over 63 bits, with a count that is not in digits, or with a placeholder that is not an integer.
     */
    private static final String STRICT =
            "^message ([2-4](/[^,]*,?)?\\d*$|[56](/[^,]*,)?\\d*$|2\\d{19,}|[56]\\D*\\d*[^-\\d\\[]"
                    + "|[56].*\"num\":0\\.5)";

    private static final Line NOTHING = new Line(Integer.MAX_VALUE, "", "");

    static final List<Known> ALL = List.of(
            new Known(
                    "Packets of one read are handled in the order in which they arrived.",
                    it -> it.scenario.kind().equals(ScenarioFactory.ORDER)
                            || (it.sameLines
                                    && it.sockeye.text().startsWith("event ")
                                    && it.reference.text().startsWith("disconnect "))),
            new Known(
                    "Packets of one read are handled in the order in which they arrived.",
                    it -> it.cause() instanceof Step.Frames frames
                            && frames.frames().size() > 1
                            && it.reference.text().startsWith("close")),
            new Known(
                    "An invalid or unsupported offer of permessage-deflate is declined",
                    it -> it.cause() instanceof Step.Upgrade
                            && it.sockeye.text().startsWith("101")
                            && it.reference.text().contains("Invalid or unacceptable Sec-WebSocket-Extensions header")),
            new Known(
                    "permessage-deflate has `clientMaxWindowBits`, but neither `serverMaxWindowBits`",
                    it -> it.cause() instanceof Step.Upgrade
                            && it.reference.text().contains("server_max_window_bits")),
            new Known(
                    "A close packet over WebSocket ends the session",
                    it -> it.cause() instanceof Step.Frames
                            && it.sockeye.text().startsWith("close")
                            && sent(it.cause()).matches("(?s)[1\u0001].*")),
            new Known(
                    "The files of the browser client are served with `Vary: Accept-Encoding`",
                    it -> it.cause() instanceof Step.Http http
                            && http.target().matches(".*/socket\\.io\\..*")
                            && (it.sockeye
                                            .text()
                                            .replaceAll("accept-encoding,(?=origin)|, vary=accept-encoding(?=})", "")
                                            .equals(it.reference.text())
                                    || it.sockeye.text().startsWith("304")
                                    || !http.method().matches("GET|HEAD"))),
            new Known(
                    "EVENT, ACK and CONNECT_ERROR without payload",
                    it -> it.sent(STRICT)
                            || (it.scenario.profile() == Profile.MSGPACK
                                    && it.cause() instanceof Step.Frames frames
                                    && frames.frames().stream()
                                            .anyMatch(frame -> new String(frame.payload(), StandardCharsets.ISO_8859_1)
                                                    .contains("data\u0090")))),
            new Known(
                    "A POST larger than `maxHttpBufferSize` gets 413 and ends the session",
                    it -> it.cause() instanceof Step.Http http
                            && http.body() != null
                            && http.body().length > 20_000
                            && it.reference.text().equals("end")),
            new Known(
                    "Packets for a namespace from which the server has just disconnected the client are ignored",
                    it -> it.sent(
                                    it.scenario.profile() == Profile.MSGPACK
                                            ? "leave"
                                            : "\"leave\"|\"end\",\"close\":false|\"disconnectSockets\".*\"close\":false")
                            && it.reference
                                    .text()
                                    .matches("close.*|end|disconnect.*|400.*Session ID unknown.*|200 .*[16](\\);)?")),
            new Known(
                    "A WebSocket request that names polling is refused with 400",
                    it -> it.cause() instanceof Step.Upgrade upgrade
                            && it.sockeye.text().startsWith("400")
                            && (upgrade.target().contains("transport=polling")
                                    || it.scenario.profile() == Profile.OPEN)),
            new Known(
                    "A WebSocket request with an unsupported protocol version is refused with 400",
                    it -> it.cause() instanceof Step.Upgrade
                            && it.sockeye.text().startsWith("400")
                            && it.sockeye.text().contains("Unsupported protocol version")
                            && it.reference.text().startsWith("101")),
            new Known("An acknowledgement with an unknown id is ignored", it -> it.sent("9007199254740993")),
            new Known(
                    "A reserved event name is a parse error with the msgpack parser, too",
                    it -> it.scenario.profile() == Profile.MSGPACK
                            && it.sent("connect|connect_error|disconnect|disconnecting|newListener|removeListener")),
            new Known(
                    "An event and its attachments leave in one poll response",
                    it -> it.cause() instanceof Step.Http
                            && it.reference.text().matches("200 .*[56]\\d-.*")
                            && it.sockeye.text().contains("octet-stream")
                            && it.reference.text().contains("text/plain")),
            new Known(
                    "The close frame of a client ends its session immediately",
                    it -> it.sameLines && it.sockeye.text().matches("disconnect .*transport close")),
            new Known(
                    "A malformed packet ends the sockets immediately",
                    it -> it.sockeye.text().matches("disconnect .* forced close")),
            new Known(
                    "A client whose old connection is still open is recovered",
                    it -> it.scenario.profile() == Profile.RECOVERY
                            && (it.sent("pid:v")
                                    || it.scenario.steps().stream().noneMatch(step -> step instanceof Step.Cut))),
            new Known(
                    "`sioc.socket.09` against a server with recovery",
                    it -> it.scenario.profile() == Profile.RECOVERY
                            && it.sent("pid")
                            && !it.sent("\"offset\":\"\\{offset:w")),
            new Known(
                    "Dates of the msgpack parser have the form of npm `notepack.io` 2",
                    it -> it.scenario.profile() == Profile.MSGPACK
                            && it.sockeye.text().contains("ext")),
            new Known(
                    "A poll that arrives up to 250 ms after the closing POST is answered with a noop",
                    it -> it.sockeye.text().matches("200 .*6.*")
                            && it.reference.text().contains("Session ID unknown")));

    private KnownDifferences() {}

    /** The decision that explains the first difference; {@code null} if there is none. */
    static @Nullable String explain(Scenario scenario, Transcript sockeye, Transcript reference) {
        int at = sockeye.firstDifference(reference);
        Difference difference = new Difference(
                scenario,
                line(sockeye, at),
                line(reference, at),
                sorted(sockeye).equals(sorted(reference)));
        for (Known known : ALL) {
            if (known.reason.explains(difference)) {
                return known.decision;
            }
        }
        return null;
    }

    private static List<String> sorted(Transcript transcript) {
        return transcript.lines().stream().map(Line::toString).sorted().toList();
    }

    private static Line line(Transcript transcript, int index) {
        return index < transcript.lines().size() ? transcript.lines().get(index) : NOTHING;
    }

    /** The packets of a step without the type of the Engine.IO message, one per line. */
    private static String sent(@Nullable Step step) {
        List<String> packets = new ArrayList<>();
        if (step instanceof Step.Http http && http.body() != null) {
            String body = new String(http.body(), StandardCharsets.UTF_8).replaceAll("[\\x00-\\x09\ufffd]+", "\u001e");
            if (body.startsWith("d=")) {
                body = java.net.URLDecoder.decode(body.substring(2), StandardCharsets.UTF_8);
            }
            packets.addAll(List.of(
                    body.replaceAll("(?<=^|[\\]},])\\d+:(?=[0-9b])", "\u001e").split("\u001e", -1)));
        } else if (step instanceof Step.Frames frames) {
            frames.frames().forEach(frame -> packets.add(new String(frame.payload(), StandardCharsets.UTF_8)));
        }
        return packets.stream()
                .map(packet -> packet.startsWith("4") ? "message " + packet.substring(1) : packet)
                .collect(Collectors.joining("\n"));
    }
}
