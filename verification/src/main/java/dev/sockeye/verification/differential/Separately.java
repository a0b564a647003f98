package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Step.Frames;
import dev.sockeye.verification.differential.Step.Http;
import dev.sockeye.verification.differential.Step.Raw;
import dev.sockeye.verification.differential.Transcript.Line;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A scenario whose packets are sent one by one. This server handles packets in the order of arrival, whether they arrive in one read or not,
 * so what it does with a scenario must be what the official server does if each packet has a read of its own.
 */
final class Separately {
    private static final Pattern POLLED =
            Pattern.compile("(?s)200 \\{[^}]*content-type=(?:text/plain|application/octet-stream)[^}]*} (.*)");
    private static final Pattern LENGTH = Pattern.compile("\\G(\\d+):");

    private final Scenario given;
    /** The scenario, with a poll of each session at the end that receives what is left. */
    private final List<Step> together;

    private final List<Step> apart = new ArrayList<>();
    /** For each step of {@link #apart} the step of {@link #together} that it is a part of. */
    private final List<Integer> origins = new ArrayList<>();

    Separately(Scenario given) {
        this.given = given;
        this.together = new ArrayList<>(given.steps());
        Map<String, Step> polls = new LinkedHashMap<>();
        for (Step step : given.steps()) {
            if (isPoll(step)) {
                polls.put(given.session(step.connection()), step);
            }
        }
        polls.forEach((session, poll) -> {
            if (poll instanceof Http http) {
                together.add(new Http("last" + session, "GET", http.target(), List.of(), null));
            }
        });
        for (int i = 0; i < together.size(); i++) {
            for (Step part : parts(together.get(i))) {
                apart.add(part);
                origins.add(i);
            }
        }
    }

    /** Whether several packets are sent in one read. */
    boolean differs() {
        return apart.size() > together.size();
    }

    /** Whether these are requests. */
    boolean pipelined() {
        return given.steps().stream()
                .anyMatch(step -> step instanceof Raw raw && raw.methods().size() > 1);
    }

    Scenario together() {
        return new Scenario(given.seed(), given.profile(), given.kind(), together);
    }

    Scenario apart() {
        return new Scenario(given.seed(), given.profile(), given.kind(), apart);
    }

    private boolean isPoll(Step step) {
        return step instanceof Http http
                && http.method().equals("GET")
                && http.target().contains("&sid={sid:");
    }

    private static List<Step> parts(Step step) {
        List<Step> parts = new ArrayList<>();
        if (step instanceof Frames frames) {
            frames.frames().forEach(frame -> parts.add(new Frames(step.connection(), List.of(frame))));
        } else if (step instanceof Raw raw && raw.methods().size() > 1) {
            String text = new String(raw.bytes(), StandardCharsets.ISO_8859_1);
            int second = text.indexOf(raw.methods().get(1) + " /", 1);
            parts.add(
                    new Raw(step.connection(), raw.methods().subList(0, 1), Choice.latin1(text.substring(0, second))));
            parts.add(new Raw(step.connection(), raw.methods().subList(1, 2), Choice.latin1(text.substring(second))));
        } else if (step instanceof Raw raw && isEarly(raw)) {
            byte[] bytes = raw.bytes();
            int at = head(bytes);
            parts.add(new Raw(step.connection(), raw.methods(), Arrays.copyOf(bytes, at)));
            while (at < bytes.length) {
                int end = at + 6 + (bytes[at + 1] & 0x7f); // short frames with masks
                parts.add(new Raw(step.connection(), List.of(), Arrays.copyOfRange(bytes, at, end)));
                at = end;
            }
        } else if (step instanceof Http http
                && http.body() != null
                && http.method().equals("POST")) {
            for (byte[] body : bodies(http)) {
                parts.add(new Http(http.connection(), http.method(), http.target(), http.headers(), body));
            }
        }
        return parts.isEmpty() ? List.of(step) : parts;
    }

    private static int head(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
    }

    private static boolean isEarly(Raw raw) {
        return raw.methods().equals(List.of("GET")) && head(raw.bytes()) < raw.bytes().length;
    }

    /** Whether frames are sent before the answer to the opening request, which is late. */
    boolean early() {
        return given.steps().stream()
                .anyMatch(step -> step instanceof Raw raw
                        && isEarly(raw)
                        && new String(raw.bytes(), StandardCharsets.ISO_8859_1).contains("late="));
    }

    /** The bodies that contain one packet each. */
    private static List<byte[]> bodies(Http http) {
        String body = new String(http.body(), StandardCharsets.ISO_8859_1);
        List<byte[]> bodies = new ArrayList<>();
        if (http.headers().toString().contains("octet-stream")) {
            int at = 0;
            while (at < body.length()) {
                int end = body.indexOf(0xff, at);
                if (end < 0) {
                    return List.of(http.body());
                }
                int length = 0;
                for (char digit : body.substring(at + 1, end).toCharArray()) {
                    length = length * 10 + digit;
                }
                int next = Math.min(body.length(), end + 1 + length);
                bodies.add(Choice.latin1(body.substring(at, next)));
                at = next;
            }
        } else if (http.target().contains("EIO=3") || http.target().contains("?x=1")) {
            String text = new String(http.body(), StandardCharsets.UTF_8);
            Matcher length = LENGTH.matcher(text);
            int at = 0;
            while (at < text.length() && length.find(at)) {
                int next = Math.min(text.length(), length.end() + Integer.parseInt(length.group(1)));
                bodies.add(Choice.utf8(text.substring(at, next)));
                at = next;
            }
            if (at < text.length()) {
                bodies.add(Choice.utf8(text.substring(at)));
            }
        } else if (!body.startsWith("d=")) {
            for (String packet : body.split("\u001e", -1)) {
                bodies.add(Choice.latin1(packet));
            }
        }
        return bodies;
    }

    /** What this server has received and sent, comparable with {@link #apart(Transcript)}. */
    Transcript together(Transcript transcript) {
        return streams(transcript.lines());
    }

    /** What the official server has received and sent, as if the packets had been sent together. */
    Transcript apart(Transcript transcript) {
        List<Line> lines = new ArrayList<>();
        for (Line line : transcript.lines()) {
            int step = line.step() < origins.size() ? origins.get(line.step()) : together.size();
            boolean later = line.step() > 0
                    && line.step() < origins.size()
                    && origins.get(line.step() - 1) == step
                    && together.get(step) instanceof Http;
            if (later
                    && together.get(step).connection().equals(line.where())
                    && lines.stream()
                            .anyMatch(one -> one.step() == step && one.where().equals(line.where()))) {
                continue; // one answer for all parts, that of the first
            }
            lines.add(new Line(step, line.where(), line.text()));
        }
        List<String> places = together.stream().map(Step::connection).toList();
        lines.sort(Comparator.comparingInt(Line::step)
                .thenComparingInt(line -> line.where().equals("log") ? places.size() : places.indexOf(line.where())));
        return streams(lines);
    }

    /** The lines, with the packets of each polling session behind one another, because the number of polls that receive them differs. */
    private Transcript streams(List<Line> lines) {
        List<Line> kept = new ArrayList<>();
        Map<String, List<Line>> streams = new LinkedHashMap<>();
        List<Line> log = new ArrayList<>();
        for (Line line : lines) {
            Matcher polled = POLLED.matcher(line.text());
            if (line.where().equals("log")) {
                if (!line.text().equals("refused 1 Session ID unknown")) {
                    log.add(line); // each part of a refused request is refused
                }
            } else if (isPoll(line) && polled.matches()) {
                String session = together().session(line.where());
                String body = polled.group(1).replaceFirst("(?s)^___eio\\[.*?]\\((.*)\\);$", "$1");
                for (String packet : body.split("[␞⁝]", -1)) {
                    // how a poll ends that is open during an upgrade depends on when the upgrade begins
                    if (!packet.isEmpty() && !packet.matches("[16]")) {
                        streams.computeIfAbsent(session, key -> new ArrayList<>())
                                .add(new Line(together.size(), "stream " + session, packet));
                    }
                }
            } else if (!line.where().startsWith("last")) {
                kept.add(line);
            }
        }
        streams.values().forEach(kept::addAll);
        kept.addAll(log);
        return new Transcript(kept);
    }

    private boolean isPoll(Line line) {
        return line.step() < together.size()
                && together.stream().anyMatch(step -> step.connection().equals(line.where()) && isPoll(step));
    }
}
