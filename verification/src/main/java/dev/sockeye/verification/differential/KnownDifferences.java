package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Intended differences: each refers to the line of {@code docs/decisions.md} that explains it. */
final class KnownDifferences {

    @FunctionalInterface
    private interface Reason {
        boolean explains(Difference difference);
    }

    /**
     * An intended difference.
     *
     * @param decision the beginning of its line in {@code docs/decisions.md}
     * @param rest what is not compared because of it
     */
    record Known(String decision, Rest rest, Reason reason) {}

    /** Packets without a payload, with an id over 63 bits or with blanks inside, with a count that is not in digits, or with a placeholder that is not an integer. */
    private static final String STRICT = "^message"
            + " ([2-4](/[^,]*,?)?[\\d\\s]*$|2(/[^,]*,)?\\d+\\s+\\d|[56](/[^,]*,)?\\d*$|2\\d{19,}|[56](?!\\d+-)|[56].*\"num\":0\\.5)";

    private static final String MALFORMED_UPGRADE =
            "400 .*(Invalid HTTP method|Missing or invalid Sec-WebSocket-\\w+ header|Invalid Sec-WebSocket-Protocol"
                    + " header)";

    private static final String FILES = "The files of the browser client are served with `Vary: Accept-Encoding`";

    /** What several packets in one read cause. It is not in the list because it is verified: see {@link Separately}. */
    static final String ORDER = "Packets of one read are handled in the order in which they arrived.";

    /** What several requests in one read cause; it is verified, too. */
    static final String PIPELINED = "The requests of one connection are handled one after another";

    /** What frames that arrive before the answer to the opening request cause; it is verified, too. */
    static final String EARLY = "Frames that arrive before the answer to the opening request of a WebSocket are kept";

    private static final String WINDOW =
            "permessage-deflate has `clientMaxWindowBits`, but neither `serverMaxWindowBits`";

    private static final String REJECTED = "If a CORS predicate rejects an origin";

    static final String ATTACHMENTS = "An event and its attachments leave in one poll response";

    static final List<Known> ALL = List.of(
            new Known(
                    "An invalid or unsupported offer of permessage-deflate is declined",
                    Rest.SESSION,
                    it -> it.sockeye().text().startsWith("101")
                            && it.reference()
                                    .text()
                                    .contains("Invalid or unacceptable Sec-WebSocket-Extensions header")),
            new Known(
                    WINDOW,
                    Rest.LINE,
                    it -> it.reference().text().contains("server_max_window_bits")
                            && it.sockeye()
                                    .text()
                                    .equals(it.reference()
                                            .text()
                                            .replaceAll(
                                                    "sec-websocket-extensions=[^,}]*server_max_window_bits[^,}]*(,"
                                                            + " |(?=}))",
                                                    ""))),
            new Known(
                    WINDOW,
                    Rest.LINE,
                    it -> it.cause() instanceof Step.Frames frames
                            && frames.frames().stream().anyMatch(frame -> (frame.opcode() & 0x40) != 0)
                            && it.sockeye().text().equals("close 1002")
                            && it.reference().text().equals("close 1007")
                            && it.scenario().steps().get(0).toString().contains("server_max_window_bits")),
            new Known(
                    "A close packet over WebSocket ends the session",
                    Rest.SESSION,
                    it -> it.cause() instanceof Step.Frames
                            && it.sockeye().text().startsWith("close")
                            && (it.reference().step() > it.sockeye().step()
                                    || !it.reference().text().startsWith("close"))
                            && Difference.sent(it.cause()).matches("(?s)[1\u0001].*")),
            new Known(
                    FILES,
                    Rest.LINE,
                    it -> it.cause() instanceof Step.Http http
                            && http.target().matches(".*/socket\\.io\\..*")
                            && (it.sockeye().text().startsWith("304")
                                    || !http.method().matches("GET|HEAD")
                                    || http.headers().toString().contains("deflate"))),
            new Known(
                    FILES,
                    Rest.SOCKEYE,
                    it -> it.sockeye().text().equals("refused 0 Transport unknown")
                            && it.scenario().steps().stream()
                                    .anyMatch(step -> step instanceof Step.Http http
                                            && http.target().matches(".*/socket\\.io\\..*")
                                            && !http.method().matches("GET|HEAD"))),
            new Known(
                    REJECTED,
                    Rest.LINE,
                    it -> it.scenario().profile() == Profile.CHOSEN
                            && ((it.cause() instanceof Step.Http http
                                            && http.method().equals("OPTIONS")
                                            && it.sockeye()
                                                    .text()
                                                    .matches("204 \\{(access-control-allow-headers=.*, )?"
                                                            + "access-control-allow-methods=.*")
                                            && !it.sockeye().text().contains("allow-origin")
                                            && it.reference()
                                                    .text()
                                                    .matches("500 \\{}.*|400 \\{content-type=application/json}"
                                                            + " \\{\"code\":[012],.*"))
                                    || it.sockeye()
                                            .text()
                                            .replaceFirst("(, )?vary=origin(?=})", "")
                                            .equals(it.reference().text()))),
            new Known(
                    REJECTED,
                    Rest.REFERENCE,
                    it -> it.scenario().profile() == Profile.CHOSEN
                            && it.reference().text().matches("refused [012] .*")
                            && it.scenario().steps().stream()
                                    .anyMatch(step -> step instanceof Step.Http http
                                            && http.method().equals("OPTIONS"))),
            new Known(
                    "EVENT, ACK and CONNECT_ERROR without payload",
                    Rest.SESSION,
                    it -> (it.sockeyeCloses()
                                    || it.reference()
                                            .text()
                                            .startsWith(it.sockeye().text()))
                            && (it.justSent(STRICT)
                                    || (it.scenario().profile() == Profile.MSGPACK && it.justSentBytes("data\u0090")))),
            new Known(
                    "A POST larger than `maxHttpBufferSize` gets 413 and ends the session",
                    Rest.REFERENCE,
                    it -> it.reference().text().equals("end")
                            && ((it.cause() instanceof Step.Http http
                                            && http.body() != null
                                            && http.body().length > 20_000)
                                    || (it.cause() instanceof Step.Raw raw && raw.bytes().length > 20_000))),
            new Known(
                    "Packets for a namespace from which the server has just disconnected the client are ignored",
                    Rest.SESSION,
                    it -> (it.sentAfterLeaving() && it.referenceCloses()) || it.anotherSentAfterLeaving()),
            new Known(
                    "A WebSocket request that names polling is refused with 400",
                    Rest.SESSION,
                    it -> it.cause() instanceof Step.Upgrade upgrade
                            && it.sockeye().text().startsWith("400")
                            && (upgrade.target().contains("transport=polling")
                                    || it.scenario().profile() == Profile.OPEN)),
            new Known(
                    "A WebSocket request with an unsupported protocol version is refused with 400",
                    Rest.SESSION,
                    it -> it.sockeye().text().startsWith("400")
                            && it.sockeye().text().contains("Unsupported protocol version")
                            && it.reference().text().startsWith("101")),
            new Known(
                    "The headers of a WebSocket's opening request are checked before its query",
                    Rest.ALL,
                    it -> it.scenario().kind().equals("handshakes")
                            && (it.sockeye().text().matches(MALFORMED_UPGRADE)
                                    ? it.reference().text().matches("40[05] .*|end")
                                    : it.reference().text().matches("refused .*")
                                            && it.scenario()
                                                    .steps()
                                                    .get(0)
                                                    .toString()
                                                    .startsWith("w: raw HEAD"))),
            new Known(
                    "An `Upgrade` header may name several protocols, and one without `websocket` is ignored",
                    Rest.ALL,
                    it -> it.scenario().kind().equals("handshakes")
                            && it.scenario()
                                    .steps()
                                    .get(0)
                                    .toString()
                                    .matches(".* Upgrade: (websocke|h2c|websocket, h2c) .*")),
            new Known(
                    "A connection is closed after the answer to a request whose body was not awaited",
                    Rest.SOCKEYE,
                    it -> it.cause() instanceof Step.Raw raw
                            && raw.methods().equals(List.of("POST"))
                            && it.sockeye().text().equals("end")),
            new Known(
                    "An acknowledgement with an unknown id is ignored",
                    Rest.SESSION,
                    it -> it.justSent("9007199254740993") && !it.sockeyeCloses()),
            new Known(
                    "A reserved event name is a parse error with the msgpack parser, too",
                    Rest.SESSION,
                    it -> it.scenario().profile() == Profile.MSGPACK
                            && it.sockeyeCloses()
                            && it.justSentBytes(
                                    "connect|connect_error|disconnect|disconnecting|newListener|removeListener")),
            new Known(
                    "The name of a namespace begins with a slash",
                    Rest.SESSION,
                    it -> it.scenario().profile() == Profile.MSGPACK
                            && it.sockeyeCloses()
                            && it.justSentBytes("nsp\u00da[\\x00-\u00ff]{2}(?!/)")),
            new Known(
                    ATTACHMENTS,
                    Rest.ALL,
                    it -> it.reference().text().matches("(?s)200 .*[56]\\d+-.*")
                            && (it.sockeye()
                                            .text()
                                            .startsWith(it.reference().text().replaceFirst("(\\);)?$", "") + "␞b")
                                    || it.sockeye()
                                            .text()
                                            .startsWith(it.reference().text().replaceFirst("(\\);)?$", "") + "⁝b4")
                                    || (it.sockeye().text().contains("octet-stream")
                                            && it.reference().text().contains("text/plain")))),
            new Known(
                    "The close frame of a client ends its session immediately",
                    Rest.END_OF_SOCKET,
                    it -> it.sockeye().text().matches("disconnect(ing)? .* transport close( \\d+)? @.*")
                            && it.reportedLater("transport (close|error)")
                            && it.scenario().steps().stream()
                                    .anyMatch(step -> it.scenario()
                                                    .session(step.connection())
                                                    .equals(it.session())
                                            && step instanceof Step.Frames frames
                                            && frames.frames().get(0).opcode() == 8)),
            new Known(
                    "A malformed packet ends the sockets immediately",
                    Rest.END_OF_SOCKET,
                    it -> it.sockeye().text().matches("disconnect(ing)? .* forced close( \\d+)? @.*")
                            && it.scenario().steps().stream()
                                    .anyMatch(step -> it.scenario()
                                                    .session(step.connection())
                                                    .equals(it.session())
                                            && step instanceof Step.Http http
                                            && http.method().equals("POST"))),
            new Known(
                    "A client whose old connection is still open is recovered",
                    Rest.ALL,
                    it -> it.scenario().profile().recovers() && it.returnsWhileConnected()),
            new Known(
                    "A client that was disconnected on purpose is not recovered",
                    Rest.OWN,
                    it -> it.scenario().profile().recovers() && it.returnsAfterRecoveryAndEnd()),
            new Known(
                    "`sioc.socket.09` against a server with recovery",
                    Rest.ALL,
                    it -> it.scenario().profile().recovers() && it.sent("\"pid\":\"\\{pid:\\w}\"}")),
            new Known(
                    "Dates of the msgpack parser have the form of npm `notepack.io` 2",
                    Rest.LINE,
                    it -> it.scenario().profile() == Profile.MSGPACK
                            && Pattern.compile("\\bext-?\\d")
                                    .matcher(it.sockeye().text())
                                    .find()),
            new Known(
                    "A poll that arrives up to 250 ms after the closing POST is answered with a noop",
                    Rest.LINE,
                    it -> it.sockeye().text().matches("200 .*6(\\);)?")
                            && it.reference().text().contains("Session ID unknown")
                            && it.sent("^1")));

    private KnownDifferences() {}

    /**
     * The result of a comparison.
     *
     * @param decisions the decisions that explain the differences
     * @param left what differs without a reason; {@code null} if nothing does
     * @param whole whether everything was compared
     */
    record Verdict(List<String> decisions, @Nullable Pair left, boolean whole) {}

    /** Explains one difference after another. */
    static Verdict explain(Scenario scenario, Pair given) {
        List<String> decisions = new ArrayList<>();
        Pair pair = new Pair(withoutVary(scenario, given.sockeye()), given.reference());
        if (!pair.sockeye().equals(given.sockeye())) {
            decisions.add(FILES);
        }
        boolean whole = true;
        for (int at = pair.firstDifference(); at >= 0; at = pair.firstDifference()) {
            Difference difference = new Difference(scenario, pair, at);
            Known reason = ALL.stream()
                    .filter(known -> known.reason.explains(difference))
                    .findFirst()
                    .orElse(null);
            if (reason == null) {
                return new Verdict(decisions, pair, whole);
            }
            decisions.add(reason.decision);
            pair = reason.rest.after(difference);
            whole = whole && !pair.sockeye().lines().isEmpty();
        }
        return new Verdict(decisions, null, whole);
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
}
