package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
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
            return sentFrom(0);
        }

        private String sentFrom(int first) {
            return scenario.steps().stream()
                    .limit(step() + 1L)
                    .skip(Math.max(0, first))
                    .map(KnownDifferences::sent)
                    .collect(Collectors.joining("\n"));
        }

        boolean sent(String pattern) {
            return Pattern.compile(pattern, Pattern.MULTILINE).matcher(sent()).find();
        }

        /** Whether it was sent in this step, or before what a polling client has received in this step. */
        boolean justSent(String pattern) {
            int most = cause() instanceof Step.Http
                    ? 4
                    : cause() == null ? scenario.steps().size() : 0;
            return Pattern.compile(pattern, Pattern.MULTILINE)
                    .matcher(sentFrom(step() - most))
                    .find();
        }

        /** Whether this server has closed the session. */
        boolean sockeyeCloses() {
            return sockeye.text().matches(CLOSED);
        }

        /** Whether the official server has closed the session. */
        boolean referenceCloses() {
            return reference.text().matches(CLOSED);
        }

        /** Whether several packets have arrived in one read. The attachments of an event do not count. */
        boolean together() {
            if (cause() instanceof Step.Frames frames) {
                return !isOnePacket(frames.frames());
            }
            int from = cause() == null ? 0 : Math.max(0, step() - 4);
            return scenario.steps().stream()
                    .limit(step() + 1L)
                    .skip(from)
                    .anyMatch(step -> step instanceof Step.Http
                            && KnownDifferences.sent(step).indexOf('\n') >= 0);
        }

        private static boolean isOnePacket(List<Step.Frame> frames) {
            if (frames.size() == 1) {
                return true;
            }
            Matcher first = Pattern.compile("^4[56](\\d+)-")
                    .matcher(Step.shown(frames.get(0).payload()));
            return first.find()
                    && frames.size() <= 1 + Integer.parseInt(first.group(1))
                    && frames.stream().skip(1).allMatch(frame -> frame.opcode() == 2);
        }

        /** As {@link #justSent}, for binary packets. */
        boolean justSentBytes(String pattern) {
            int most = cause() instanceof Step.Http
                    ? 4
                    : cause() == null ? scenario.steps().size() : 0;
            return scenario.steps().stream()
                    .limit(step() + 1L)
                    .skip(Math.max(0, step() - most))
                    .anyMatch(step ->
                            Pattern.compile(pattern).matcher(bytes(step)).find());
        }

        /** Whether a client names a session that another connection has, as far as the server knows. */
        boolean returnsWhileConnected() {
            List<Step> steps = scenario.steps();
            for (int i = 0; i < steps.size() && i <= step(); i++) {
                Matcher named = NAMED.matcher(KnownDifferences.sent(steps.get(i)));
                if (named.find()) {
                    int at = i;
                    String session = named.group(1);
                    if (steps.stream()
                            .limit(at)
                            .filter(step -> step.connection().equals(session)
                                    || KnownDifferences.sent(step).contains("{pid:" + session + "}"))
                            .map(Step::connection)
                            .distinct()
                            .anyMatch(holder -> !hasEnded(holder, at))) {
                        return true;
                    }
                }
            }
            return false;
        }

        /** Whether the server knows that a connection has ended. A polling client that goes away between two requests is still connected. */
        private boolean hasEnded(String connection, int before) {
            return scenario.steps().stream()
                            .limit(before)
                            .anyMatch(step -> step instanceof Step.Upgrade
                                    && step.connection().equals(connection))
                    && scenario.steps().stream()
                            .limit(before)
                            .filter(step -> step.connection().equals(connection))
                            .anyMatch(step -> step instanceof Step.Cut
                                    || (step instanceof Step.Frames frames
                                            && frames.frames().stream()
                                                    .anyMatch(frame -> frame.opcode() == 8
                                                            || Step.shown(frame.payload())
                                                                    .matches("41.*|1|x|4x|.*\"(leave|kick)\".*"))));
        }

        /** Whether the client has sent a packet for a namespace after an event on which the server leaves it. */
        boolean sentAfterLeaving() {
            String leaves = scenario.profile() == Profile.MSGPACK
                    ? "leave"
                    : "\"leave\"|\"end\",\"close\":false|\"disconnectSockets\".*\"close\":false";
            Matcher left =
                    Pattern.compile("^.*(" + leaves + ").*$", Pattern.MULTILINE).matcher(sent());
            return left.find() && sent().indexOf('\n', left.end()) >= 0;
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

    /** Packets without a payload, with an id over 63 bits or with blanks inside, with a count that is not in digits, or with a placeholder that is not an integer. */
    private static final String STRICT = "^message"
            + " ([2-4](/[^,]*,?)?[\\d\\s]*$|2(/[^,]*,)?\\d+\\s+\\d|[56](/[^,]*,)?\\d*$|2\\d{19,}|[56](?!\\d+-)|[56].*\"num\":0\\.5)";

    /** A line that shows the end of a session: a close frame, a close packet, the end of a connection, a refused request. */
    private static final String CLOSED = "(?s)close.*|end|disconnect .*|400 .*|200 .*[16](\\);)?";

    private static final Pattern NAMED = Pattern.compile("\"pid\":\"\\{pid:(\\w)}");

    private static final String MALFORMED_UPGRADE =
            "400 .*(Invalid HTTP method|Missing or invalid Sec-WebSocket-\\w+ header|Invalid Sec-WebSocket-Protocol"
                    + " header)";

    private static final String FILES = "The files of the browser client are served with `Vary: Accept-Encoding`";

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
                    it -> it.together()
                            && (it.referenceCloses()
                                    || it.sockeyeCloses()
                                    || it.sockeye.text().startsWith(it.reference.text() + "␞")
                                    || (it.cause() == null
                                            && it.reference.text().startsWith("event ")))),
            new Known(
                    "An invalid or unsupported offer of permessage-deflate is declined",
                    it -> it.sockeye.text().startsWith("101")
                            && it.reference.text().contains("Invalid or unacceptable Sec-WebSocket-Extensions header")),
            new Known(
                    "permessage-deflate has `clientMaxWindowBits`, but neither `serverMaxWindowBits`",
                    it -> it.reference.text().contains("server_max_window_bits")
                            && it.sockeye
                                    .text()
                                    .equals(it.reference
                                            .text()
                                            .replaceAll(
                                                    "sec-websocket-extensions=[^,}]*server_max_window_bits[^,}]*(,"
                                                            + " |(?=}))",
                                                    ""))),
            new Known(
                    "A close packet over WebSocket ends the session",
                    it -> it.cause() instanceof Step.Frames
                            && it.sockeye.text().startsWith("close")
                            && (it.reference.step() > it.sockeye.step()
                                    || !it.reference.text().startsWith("close"))
                            && sent(it.cause()).matches("(?s)[1\u0001].*")),
            new Known(
                    FILES,
                    it -> it.cause() instanceof Step.Http http
                            && http.target().matches(".*/socket\\.io\\..*")
                            && (it.sockeye.text().startsWith("304")
                                    || !http.method().matches("GET|HEAD")
                                    || http.headers().toString().contains("deflate"))),
            new Known(
                    "EVENT, ACK and CONNECT_ERROR without payload",
                    it -> (it.sockeyeCloses() || it.reference.text().startsWith(it.sockeye.text()))
                            && (it.justSent(STRICT)
                                    || (it.scenario.profile() == Profile.MSGPACK && it.justSentBytes("data\u0090")))),
            new Known(
                    "A POST larger than `maxHttpBufferSize` gets 413 and ends the session",
                    it -> it.cause() instanceof Step.Http http
                            && http.body() != null
                            && http.body().length > 20_000
                            && it.reference.text().equals("end")),
            new Known(
                    "Packets for a namespace from which the server has just disconnected the client are ignored",
                    it -> it.sentAfterLeaving() && it.referenceCloses()),
            new Known(
                    "A WebSocket request that names polling is refused with 400",
                    it -> it.cause() instanceof Step.Upgrade upgrade
                            && it.sockeye.text().startsWith("400")
                            && (upgrade.target().contains("transport=polling")
                                    || it.scenario.profile() == Profile.OPEN)),
            new Known(
                    "A WebSocket request with an unsupported protocol version is refused with 400",
                    it -> it.sockeye.text().startsWith("400")
                            && it.sockeye.text().contains("Unsupported protocol version")
                            && it.reference.text().startsWith("101")),
            new Known(
                    "The headers of a WebSocket's opening request are checked before its query",
                    it -> it.scenario.kind().equals("handshakes")
                            && (it.sockeye.text().matches(MALFORMED_UPGRADE)
                                    ? it.reference.text().matches("40[05] .*|end")
                                    : it.reference.text().matches("refused .*")
                                            && it.scenario
                                                    .steps()
                                                    .get(0)
                                                    .toString()
                                                    .startsWith("w: raw HEAD"))),
            new Known(
                    "An `Upgrade` header may name several protocols, and one without `websocket` is ignored",
                    it -> it.scenario.kind().equals("handshakes")
                            && it.scenario
                                    .steps()
                                    .get(0)
                                    .toString()
                                    .matches(".* Upgrade: (websocke|h2c|websocket, h2c) .*")),
            new Known(
                    "The requests of one connection are handled one after another",
                    it -> it.cause() instanceof Step.Raw raw && raw.methods().size() > 1),
            new Known(
                    "A connection is closed after the answer to a request whose body was not awaited",
                    it -> it.cause() instanceof Step.Raw raw
                            && raw.methods().equals(List.of("POST"))
                            && it.sockeye.text().equals("end")),
            new Known(
                    "An acknowledgement with an unknown id is ignored",
                    it -> it.justSent("9007199254740993") && !it.sockeyeCloses()),
            new Known(
                    "A reserved event name is a parse error with the msgpack parser, too",
                    it -> it.scenario.profile() == Profile.MSGPACK
                            && it.sockeyeCloses()
                            && it.justSentBytes(
                                    "connect|connect_error|disconnect|disconnecting|newListener|removeListener")),
            new Known(
                    "The name of a namespace begins with a slash",
                    it -> it.scenario.profile() == Profile.MSGPACK
                            && it.sockeyeCloses()
                            && it.justSentBytes("nsp\u00da[\\x00-\u00ff]{2}(?!/)")),
            new Known(
                    "An event and its attachments leave in one poll response",
                    it -> it.reference.text().matches("(?s)200 .*[56]\\d+-.*")
                            && (it.sockeye.text().startsWith(it.reference.text().replaceFirst("(\\);)?$", "") + "␞b")
                                    || it.sockeye
                                            .text()
                                            .startsWith(it.reference.text().replaceFirst("(\\);)?$", "") + "⁝b4")
                                    || (it.sockeye.text().contains("octet-stream")
                                            && it.reference.text().contains("text/plain")))),
            new Known(
                    "The close frame of a client ends its session immediately",
                    it -> (it.sameLines && it.sockeye.text().matches("disconnect .*transport close"))
                            || (it.sockeye.where().equals("log")
                                    && it.sockeye.text().matches("disconnect .*transport close")
                                    && it.scenario.steps().stream()
                                            .anyMatch(step -> step instanceof Step.Frames frames
                                                    && frames.frames().get(0).opcode() == 8))),
            new Known(
                    "A malformed packet ends the sockets immediately",
                    it -> it.sockeye.text().matches("disconnect .* forced close")
                            && !it.reference.text().startsWith("disconnect ")
                            && it.scenario.steps().stream()
                                    .anyMatch(step -> step instanceof Step.Http http
                                            && http.method().equals("POST"))),
            new Known(
                    "A client whose old connection is still open is recovered",
                    it -> it.scenario.profile() == Profile.RECOVERY && it.returnsWhileConnected()),
            new Known(
                    "`sioc.socket.09` against a server with recovery",
                    it -> it.scenario.profile() == Profile.RECOVERY && it.sent("\"pid\":\"\\{pid:\\w}\"}")),
            new Known(
                    "Dates of the msgpack parser have the form of npm `notepack.io` 2",
                    it -> it.scenario.profile() == Profile.MSGPACK
                            && Pattern.compile("\\bext-?\\d")
                                    .matcher(it.sockeye.text())
                                    .find()),
            new Known(
                    "A poll that arrives up to 250 ms after the closing POST is answered with a noop",
                    it -> it.sockeye.text().matches("200 .*6(\\);)?")
                            && it.reference.text().contains("Session ID unknown")
                            && it.sent("^1")));

    private KnownDifferences() {}

    /** The decision that explains the first difference; {@code null} if there is none. */
    static @Nullable String explain(Scenario scenario, Transcript given, Transcript reference) {
        Transcript sockeye = withoutVary(scenario, given);
        int at = sockeye.firstDifference(reference);
        if (at < 0) {
            return FILES;
        }
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

    /** The files of the browser client without the header that only this server sends, so that the rest of the scenario is compared. */
    private static Transcript withoutVary(Scenario scenario, Transcript transcript) {
        return new Transcript(transcript.lines().stream()
                .map(line -> line.step() < scenario.steps().size()
                                && scenario.steps().get(line.step()) instanceof Step.Http http
                                && http.target().matches(".*/socket\\.io\\..*")
                        ? new Line(
                                line.step(),
                                line.where(),
                                line.text().replaceAll("accept-encoding,(?=origin)|, vary=accept-encoding(?=})", ""))
                        : line)
                .toList());
    }

    private static List<String> sorted(Transcript transcript) {
        return transcript.lines().stream().map(Line::toString).sorted().toList();
    }

    private static Line line(Transcript transcript, int index) {
        return index < transcript.lines().size() ? transcript.lines().get(index) : NOTHING;
    }

    /** What a step has sent, as characters of one byte; base64 is decoded. */
    private static String bytes(Step step) {
        StringBuilder text = new StringBuilder();
        if (step instanceof Step.Http http && http.body() != null) {
            String body = new String(http.body(), StandardCharsets.ISO_8859_1);
            try {
                text.append(
                        body.startsWith("b")
                                ? new String(Base64.getDecoder().decode(body.substring(1)), StandardCharsets.ISO_8859_1)
                                : body);
            } catch (IllegalArgumentException e) {
                text.append(body);
            }
        } else if (step instanceof Step.Frames frames) {
            frames.frames().forEach(frame -> text.append(new String(frame.payload(), StandardCharsets.ISO_8859_1)));
        }
        return text.toString();
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
