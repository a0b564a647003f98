package dev.sockeye.verification.differential;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Plays one scenario on one server. After each step, it reads until nothing has been received for some time. */
final class Play {
    private static final Pattern LEARNED = Pattern.compile("\\{((?:sid|pid|offset|ask):[a-z0-9]+)}");
    /** The maximum time that a response may take on a busy machine. */
    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    /** The maximum time between two checks of the clock, in milliseconds. */
    private static final long PAUSE = 20;

    private static final Step.Frame PING = new Step.Frame(9, "sync".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] MASK = {0x11, 0x22, 0x33, 0x44};

    private final Side side;
    private final Scenario scenario;
    private final String run;
    private final Duration quiet;
    private final Printer printer;
    private final Map<String, RawConnection> connections = new LinkedHashMap<>();
    private final List<Transcript.Line> lines = new ArrayList<>();
    private final Selector selector;
    /** WebSockets that the server has closed, or must close. */
    private final Set<String> closing = new HashSet<>();
    /** The connection that is guaranteed to receive something. */
    private @Nullable RawConnection owing;
    /** The WebSocket that waits for the response to its ping. */
    private @Nullable String pinged;

    private Play(Side side, Scenario scenario, String run, Duration quiet, Selector selector) {
        this.selector = selector;
        this.side = side;
        this.scenario = scenario;
        this.run = run;
        this.quiet = quiet;
        this.printer = new Printer(scenario);
    }

    static Transcript of(Side side, Scenario scenario, String run, Duration quiet) throws IOException {
        try (Selector selector = Selector.open()) {
            return new Play(side, scenario, run, quiet, selector).play();
        }
    }

    private Transcript play() throws IOException {
        try {
            for (int i = 0; i < scenario.steps().size(); i++) {
                perform(scenario.steps().get(i));
                settle(i, scenario.steps().get(i) instanceof Step.Wait wait ? wait.millis() : 0);
            }
        } finally {
            connections.values().forEach(RawConnection::close);
        }
        List<String> more;
        do { // until the server has noticed the end of all connections
            pause(quiet);
            more = side.log(run);
            more.forEach(line -> lines.add(new Transcript.Line(scenario.steps().size(), "log", line)));
        } while (!more.isEmpty());
        return new Transcript(withSortedEnds(lines.stream()
                .map(line -> new Transcript.Line(
                        line.step(), line.where(), printer.masked(line.text()).replace(run, "RUN")))
                .toList()));
    }

    /**
     * The lines; the ends of the connections that this client closes together at last have no order, nor have the ends of the sockets of several
     * sessions that one event disconnects: each socket is called in its own order.
     */
    private static List<Transcript.Line> withSortedEnds(List<Transcript.Line> lines) {
        List<Transcript.Line> sorted = new ArrayList<>(lines);
        for (int from = 0; from < sorted.size(); from++) {
            int to = from;
            while (to < sorted.size() && sorted.get(to).text().startsWith("disconnect")) {
                to++;
            }
            sorted.subList(from, to)
                    .sort(Comparator.comparing(
                            to == sorted.size()
                                    ? Transcript.Line::text
                                    : line -> String.valueOf(Rest.named(line.text()))));
            from = to;
        }
        return sorted;
    }

    private void perform(Step step) throws IOException {
        owing = null;
        pinged = null;
        if (step instanceof Step.Cut) {
            RawConnection connection = connections.remove(step.connection());
            if (connection != null) {
                connection.close();
            }
            return;
        }
        if (step instanceof Step.Raw raw) {
            if (raw.methods().isEmpty() && !connections.containsKey(raw.connection())) {
                return; // the rest of a request whose connection the server has closed
            }
            RawConnection connection = connection(raw.connection());
            raw.methods().forEach(connection::expect);
            String text = new String(raw.bytes(), StandardCharsets.ISO_8859_1).replace("{run}", run);
            connection.write(filled(text).getBytes(StandardCharsets.ISO_8859_1));
            owing = text.contains("GET") && text.contains("sid=") ? null : connection;
        } else if (step instanceof Step.Http http) {
            RawConnection connection = connection(http.connection());
            connection.expect(http.method());
            connection.write(request(http));
            boolean mayWait = http.method().equals("GET") && http.target().contains("sid=");
            owing = mayWait ? null : connection;
        } else if (step instanceof Step.Upgrade upgrade) {
            RawConnection connection = connection(upgrade.connection());
            connection.expect("GET");
            connection.write(request(upgrade));
            owing = connection;
        } else if (step instanceof Step.Frames frames) {
            RawConnection connection = connections.get(frames.connection());
            if (connection != null) {
                connection.write(filledFrames(frames.frames()));
                if (frames.frames().stream().anyMatch(frame -> frame.opcode() == 8)) {
                    closing.add(step.connection());
                }
                if (!closing.contains(step.connection())
                        && connection.webSocket()
                        && frames.frames().stream().allMatch(frame -> frame.opcode() < 3)) {
                    connection.write(frames(List.of(PING)));
                    pinged = step.connection();
                }
            }
        }
    }

    private RawConnection connection(String name) throws IOException {
        RawConnection known = connections.get(name);
        if (known != null) {
            return known;
        }
        RawConnection made = new RawConnection(side.port(scenario.profile()), selector);
        connections.put(name, made);
        return made;
    }

    private String filled(String text) {
        return LEARNED.matcher(text.replace("{n}", run.replaceAll("\\D", "")))
                .replaceAll(match -> Matcher.quoteReplacement(printer.learned()
                        .getOrDefault(match.group(1), match.group(1).startsWith("ask") ? "99" : "none")));
    }

    private byte[] filled(byte[] data) {
        String text = new String(data, StandardCharsets.ISO_8859_1);
        return text.indexOf('{') < 0 ? data : filled(text).getBytes(StandardCharsets.ISO_8859_1);
    }

    private String target(String target) {
        String full = filled(target);
        return full + (full.indexOf('?') < 0 ? "?" : "&") + "run=" + run;
    }

    private byte[] request(Step.Http http) {
        StringBuilder head = new StringBuilder(http.method())
                .append(' ')
                .append(target(http.target()))
                .append(" HTTP/1.1\r\nHost: localhost\r\n");
        http.headers().forEach(header -> head.append(header).append("\r\n"));
        byte[] body = http.body() == null ? new byte[0] : filled(http.body());
        if (http.body() != null) {
            head.append("Content-Length: ").append(body.length).append("\r\n");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.writeBytes(body);
        return all.toByteArray();
    }

    private byte[] request(Step.Upgrade upgrade) {
        StringBuilder head = new StringBuilder("GET ")
                .append(target(upgrade.target()))
                .append(" HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n")
                .append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        upgrade.headers().forEach(header -> head.append(header).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private byte[] filledFrames(List<Step.Frame> frames) {
        return frames(frames.stream()
                .map(frame -> new Step.Frame(frame.opcode(), filled(frame.payload())))
                .toList());
    }

    /** The bytes of masked frames. */
    static byte[] frames(List<Step.Frame> frames) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Step.Frame frame : frames) {
            byte[] payload = frame.payload();
            out.write(frame.first());
            if (payload.length < 126) {
                out.write(0x80 | payload.length);
            } else {
                out.write(0xfe);
                out.write(payload.length >> 8);
                out.write(payload.length);
            }
            out.writeBytes(MASK);
            for (int i = 0; i < payload.length; i++) {
                out.write(payload[i] ^ MASK[i & 3]);
            }
        }
        return out.toByteArray();
    }

    private void settle(int step, int millis) throws IOException {
        long start = System.nanoTime();
        long last = start;
        Map<String, List<String>> seen = new LinkedHashMap<>();
        while (System.nanoTime() - last < quiet.toNanos()
                || System.nanoTime() - start < millis * 1_000_000L
                || (waiting() && System.nanoTime() - start < PATIENCE)) {
            for (Map.Entry<String, RawConnection> entry : connections.entrySet()) {
                RawConnection connection = entry.getValue();
                if (connection.read()) {
                    last = System.nanoTime();
                }
                for (var next = connection.next(); next != null; next = connection.next()) {
                    if ((next instanceof RawConnection.Seen.Frame frame && frame.opcode() == 8)
                            || next instanceof RawConnection.Seen.End) {
                        closing.add(entry.getKey());
                    }
                    String text = printer.print(entry.getKey(), next);
                    if (text.equals("opcode 10 sync")) {
                        pinged = null;
                        last = System.nanoTime();
                    } else {
                        seen.computeIfAbsent(entry.getKey(), key -> new ArrayList<>())
                                .add(text);
                    }
                }
            }
            selector.select(PAUSE);
            selector.selectedKeys().clear();
        }
        // a fixed order of connections; for each connection, the order of arrival
        for (String name : connections.keySet()) {
            seen.getOrDefault(name, List.of()).forEach(text -> lines.add(new Transcript.Line(step, name, text)));
        }
        connections.values().removeIf(connection -> {
            if (!connection.open()) {
                connection.close();
            }
            return !connection.open();
        });
    }

    private boolean waiting() {
        return (owing != null && owing.owesAnswer()) || (pinged != null && !closing.contains(pinged));
    }

    private static void pause(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
