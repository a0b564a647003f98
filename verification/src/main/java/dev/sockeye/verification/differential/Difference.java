package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The first line that differs, and what led to it. */
record Difference(Scenario scenario, Pair pair, int at) {
    /** A line that shows the end of a session: a close frame, a close packet, the end of a connection, a refused request. */
    private static final String CLOSED = "(?s)close.*|end|disconnect .*|400 .*|200 .*[16](\\);)?";

    private static final Pattern NAMED = Pattern.compile("\"pid\":\"\\{pid:(\\w)\\w*}");

    private static final Pattern CONNECTED = Pattern.compile("text 40\\{\"pid\":\"pid:(\\w+)\",\"sid\":\"id:\\1\"}");

    private static final Pattern PACKET = Pattern.compile("^message (\\d)(?:\\d+-)?(/[^,\\[{]*)?");

    private static final Line NOTHING = new Line(Integer.MAX_VALUE, "", "");

    Line sockeye() {
        return line(pair.sockeye());
    }

    Line reference() {
        return line(pair.reference());
    }

    private Line line(Transcript transcript) {
        return at < transcript.lines().size() ? transcript.lines().get(at) : NOTHING;
    }

    int step() {
        return Math.min(sockeye().step(), reference().step());
    }

    /** Negative if only this server has a line here, positive if only the official one has, 0 if both have one. */
    int order() {
        int steps = Integer.compare(sockeye().step(), reference().step());
        return steps != 0
                ? steps
                : Integer.compare(place(sockeye().where()), place(reference().where()));
    }

    private int place(String where) {
        List<String> places = scenario.steps().stream().map(Step::connection).toList();
        return where.isEmpty() || !places.contains(where) ? Integer.MAX_VALUE : places.indexOf(where);
    }

    /** The session that the line belongs to; {@code null} if it belongs to none. */
    @Nullable
    String session() {
        Line line = order() <= 0 ? sockeye() : reference();
        return line.where().equals("log") ? Rest.named(line.text()) : scenario.session(line.where());
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
                .map(Difference::sent)
                .collect(Collectors.joining("\n"));
    }

    boolean sent(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE).matcher(sent()).find();
    }

    /** Whether it was sent in this step, or before what a polling client has received in this step. */
    boolean justSent(String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(sentFrom(step() - recent()))
                .find();
    }

    private int recent() {
        return cause() instanceof Step.Http
                ? 4
                : cause() == null ? scenario.steps().size() : 0;
    }

    /** As {@link #justSent}, for binary packets. */
    boolean justSentBytes(String pattern) {
        return scenario.steps().stream()
                .limit(step() + 1L)
                .skip(Math.max(0, step() - recent()))
                .anyMatch(step -> Pattern.compile(pattern).matcher(bytes(step)).find());
    }

    /** Whether this server has closed the session. */
    boolean sockeyeCloses() {
        return sockeye().text().matches(CLOSED);
    }

    /** Whether the official server has closed the session. */
    boolean referenceCloses() {
        return reference().text().matches(CLOSED);
    }

    /** Whether a client names a session that another connection has, as far as the server knows. */
    boolean returnsWhileConnected() {
        List<Step> steps = scenario.steps();
        for (int i = 0; i < steps.size() && i <= step(); i++) {
            Matcher named = NAMED.matcher(sent(steps.get(i)));
            if (named.find()) {
                int at = i;
                String session = named.group(1);
                if (steps.stream()
                        .limit(at)
                        .filter(step ->
                                step.connection().equals(session) || sent(step).contains("{pid:" + session))
                        .map(Step::connection)
                        .distinct()
                        .anyMatch(holder -> !hasEnded(holder, at))) {
                    return true;
                }
            }
        }
        return false;
    }

    /**
     * Whether a client names a session that another connection had recovered, and only the official server gives it to the client, after
     * the server has disconnected that connection.
     */
    boolean returnsAfterRecoveryAndEnd() {
        Matcher named = NAMED.matcher(sent(cause()));
        Matcher given = CONNECTED.matcher(sockeye().text());
        if (!named.find()
                || !given.matches()
                || !given.group(1).equals(sockeye().where())) {
            return false;
        }
        String holder = named.group(1);
        Matcher recovered = CONNECTED.matcher(reference().text());
        return recovered.matches()
                && sockeye().where().equals(reference().where())
                && !recovered.group(1).equals(holder)
                && pair.reference().lines().stream()
                        .limit(at)
                        .anyMatch(line -> line.where().equals(holder)
                                && line.text().equals(reference().text()))
                && scenario.steps().stream()
                        .limit(step())
                        .anyMatch(step -> step.connection().equals(holder)
                                && sent(step).contains("\"op\":\"end\",\"close\":true"));
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
                                                                .matches(
                                                                        "41.*|1|x|4x|.*\"(leave|kick|hang|end)\".*"))));
    }

    /** Whether the official server reports the end of the same socket later, for this reason. */
    boolean reportedLater(String reasons) {
        String[] ours = sockeye().text().split(" ", 3);
        Pattern theirs = Pattern.compile(Pattern.quote(ours[0] + " " + ours[1] + " ") + reasons + "( \\d+)? @sid:"
                + Pattern.quote(String.valueOf(session())));
        return pair.reference().lines().stream()
                .skip(at)
                .anyMatch(line -> theirs.matcher(line.text()).matches());
    }

    /** Whether the client has sent a packet for a namespace from which the server has disconnected it. */
    boolean sentAfterLeaving() {
        return sentAfterLeaving(session());
    }

    /** Whether a client has done so, and only the official server has closed its connection. */
    boolean anotherSentAfterLeaving() {
        return scenario.profile().sessionsDependOnEachOther()
                && pair.reference().lines().stream()
                        .filter(line -> line.text().matches("disconnect .* forced server close @.*")
                                && !pair.sockeye().lines().contains(line))
                        .anyMatch(line -> sentAfterLeaving(Rest.named(line.text())));
    }

    private boolean sentAfterLeaving(@Nullable String session) {
        if (scenario.profile() == Profile.MSGPACK) {
            Matcher left = Pattern.compile("^.*leave.*$", Pattern.MULTILINE).matcher(sent());
            return left.find() && sent().indexOf('\n', left.end()) >= 0;
        }
        Set<String> left = new HashSet<>();
        for (int i = 0; i <= step() && i < scenario.steps().size(); i++) {
            Step step = scenario.steps().get(i);
            boolean own = scenario.session(step.connection()).equals(session);
            for (String packet : sent(step).split("\n", -1)) {
                Matcher parts = PACKET.matcher(packet);
                if (!parts.find()) {
                    continue;
                }
                String namespace = parts.group(2) == null ? "/" : parts.group(2);
                if (own && parts.group(1).equals("0")) {
                    left.remove(namespace);
                } else if (own && left.contains(namespace)) {
                    return true;
                }
                if (packet.contains("disconnectSockets") && packet.contains("\"close\":false")) {
                    left.add(packet.contains("\"server\"") ? "/" : namespace);
                } else if (own && packet.matches(".*\"(leave\"|end\",\"close\":false).*")) {
                    left.add(namespace);
                }
            }
        }
        return false;
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
    static String sent(@Nullable Step step) {
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
