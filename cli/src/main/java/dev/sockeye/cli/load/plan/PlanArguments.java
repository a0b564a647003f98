package dev.sockeye.cli.load.plan;

import dev.sockeye.cli.FileArgument;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** The command line options that describe a run. */
public final class PlanArguments {
    @Parameters(index = "0", paramLabel = "URL", description = "URL of the server; its path is the namespace.")
    private String url = "";

    @Option(
            names = {"-s", "--scenario"},
            paramLabel = "NAME",
            defaultValue = "connect",
            description = "What the users do: " + Scenario.NAMES + ". Default: ${DEFAULT-VALUE}.")
    private String scenario = "connect";

    @Option(
            names = "--script",
            paramLabel = "FILE",
            description = "YAML file with the users' steps, instead of a scenario.")
    private @Nullable Path script;

    @Option(
            names = {"-c", "--connections"},
            paramLabel = "N",
            defaultValue = "100",
            description = "Number of users, each with one connection. Default: ${DEFAULT-VALUE}.")
    private int connections;

    @Option(
            names = "--ramp",
            paramLabel = "N",
            defaultValue = "500",
            description = "New connections per second. Default: ${DEFAULT-VALUE}.")
    private double ramp;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            defaultValue = "10s",
            description =
                    "Duration of the measurement (connect: time to hold the connections). Default: ${DEFAULT-VALUE}.")
    private String duration = "10s";

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            description = "Duration of the load before the measurement. Default: ${DEFAULT-VALUE}.")
    private String warmup = "2s";

    @Option(
            names = "--rate",
            paramLabel = "N",
            description =
                    "Messages per second of all users, on a fixed schedule (open loop; latencies are measured from the"
                            + " time at which a message was due). Without this option each user waits for its answer"
                            + " before it sends again (closed loop).")
    private @Nullable Double rate;

    @Option(
            names = "--outstanding",
            paramLabel = "N",
            defaultValue = "1",
            description = "Closed loop: maximum number of unanswered messages per user. Default: ${DEFAULT-VALUE}.")
    private int outstanding;

    @Option(
            names = {"-p", "--payload"},
            paramLabel = "SIZE",
            defaultValue = "32",
            description = "Size of a message in bytes, such as 32, 4k or 1M. Default: ${DEFAULT-VALUE}.")
    private String payload = "32";

    @Option(names = "--binary", description = "Send binary messages (event \"bin\").")
    private boolean binary;

    @Option(
            names = "--rooms",
            paramLabel = "N",
            defaultValue = "10",
            description = "rooms: number of rooms. Default: ${DEFAULT-VALUE}.")
    private int rooms;

    @Option(
            names = "--senders",
            paramLabel = "N",
            defaultValue = "1",
            description = "broadcast: number of users that send. Default: ${DEFAULT-VALUE}.")
    private int senders;

    @Option(
            names = {"-t", "--transport"},
            paramLabel = "NAME",
            defaultValue = "websocket",
            description =
                    "websocket, polling, webtransport (https only), or upgrade (polling, then websocket, as browsers"
                            + " do). Default: ${DEFAULT-VALUE}.")
    private String transport = "websocket";

    @Option(
            names = {"-n", "--namespace"},
            paramLabel = "NAME",
            split = ",",
            description = "Namespaces, assigned to the users in turn; replaces the path of the URL.")
    private List<String> namespaces = new ArrayList<>();

    @Option(
            names = "--path",
            paramLabel = "PATH",
            defaultValue = "/socket.io",
            description = "The path of the Socket.IO server. Default: ${DEFAULT-VALUE}.")
    private String path = "/socket.io";

    @Option(
            names = {"-a", "--auth"},
            paramLabel = "JSON",
            description = "Payload of the CONNECT packet (auth), as JSON or @file; $${user} is replaced by the user's"
                    + " number.")
    private @Nullable String auth;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME: VALUE",
            description = "A header of each request; repeatable.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = {"-q", "--query"},
            paramLabel = "NAME=VALUE",
            description = "A query parameter of each request; repeatable.")
    private Map<String, String> query = new LinkedHashMap<>();

    @Option(
            names = "--parser",
            paramLabel = "NAME",
            defaultValue = "json",
            description = "Parser of the server, json or msgpack. Default: ${DEFAULT-VALUE}.")
    private String parser = "json";

    @Option(names = "--compress", description = "Offer WebSocket compression (permessage-deflate).")
    private boolean compress;

    @Option(
            names = "--reconnect",
            description = "Reconnect users that lose their connection. Default: they stay disconnected.")
    private boolean reconnect;

    @Option(names = "--cacert", paramLabel = "FILE", description = "TLS: trust these certificates (PEM).")
    private @Nullable File cacert;

    @Option(names = "--insecure", description = "TLS: trust any certificate.")
    private boolean insecure;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            description = "Time after which an answer counts as missing. Default: ${DEFAULT-VALUE}.")
    private String timeout = "10s";

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "20s",
            description = "Time after which a connection attempt counts as failed. Default: ${DEFAULT-VALUE}.")
    private String connectTimeout = "20s";

    @Option(
            names = "--threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Number of threads that generate the load. Default: ${DEFAULT-VALUE}.")
    private int threads;

    public PlanArguments() {}

    /** Validates all options; throws an {@link IllegalArgumentException} whose message explains the problem. */
    public LoadPlan plan() throws IOException {
        Target target = Target.parse(url);
        Scenario kind = kind();
        Duration answerTimeout = time("--timeout", timeout, true);
        perSecond("--ramp", ramp);
        Script own = script(answerTimeout);
        atLeast("--connections", connections, 1);
        atLeast("--outstanding", outstanding, 1);
        atLeast("--rooms", rooms, 1);
        atLeast("--senders", senders, 1);
        atLeast("--threads", threads, 1);
        Double openLoop = rate;
        if (openLoop != null) {
            perSecond("--rate", openLoop);
        }
        if (own != null && (openLoop != null || reconnect || binary)) {
            throw new IllegalArgumentException(
                    "--rate, --reconnect and --binary cannot be used with --script, which defines what users do");
        }
        if (kind == Scenario.CONNECT && own == null && openLoop != null) {
            throw new IllegalArgumentException(
                    "--rate cannot be used with the scenario connect, which sends nothing; use --ramp");
        }
        if (binary && kind != Scenario.ECHO && kind != Scenario.POLLING) {
            throw new IllegalArgumentException("--binary can be used with the scenarios echo and polling only");
        }
        int size = Units.bytes(payload);
        if (own == null && kind.isFanOut() && size < Stamp.LENGTH) {
            throw new IllegalArgumentException("--payload must be at least " + Stamp.LENGTH + " for the scenario "
                    + kind.text() + ", whose messages contain their send time");
        }
        if (kind == Scenario.ROOMS
                && own == null
                && rooms * (long) spaces(target).size() > connections) {
            throw new IllegalArgumentException(
                    "--rooms " + rooms + " needs at least as many connections per namespace; set --connections");
        }
        return new LoadPlan(
                target,
                spaces(target),
                kind,
                own,
                connections,
                ramp,
                time("--warmup", warmup, false),
                time("--duration", duration, true),
                size,
                binary,
                outstanding,
                openLoop == null ? 0 : openLoop,
                rooms,
                Math.min(senders, connections),
                answerTimeout,
                threads,
                credentials(),
                options(target, kind, own != null));
    }

    private Scenario kind() {
        for (Scenario each : Scenario.values()) {
            if (each.text().equals(scenario.toLowerCase(Locale.ROOT))) {
                return each;
            }
        }
        throw new IllegalArgumentException("unknown scenario \"" + scenario + "\"; available: " + Scenario.NAMES);
    }

    private @Nullable Script script(Duration answerTimeout) throws IOException {
        Path file = script;
        if (file == null) {
            return null;
        }
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            String reason = Files.isDirectory(file) ? "it is a folder" : "permission denied";
            throw new IllegalArgumentException(
                    "cannot read the script " + file + ": " + (Files.exists(file) ? reason : "there is no such file"));
        }
        Script own = ScriptReader.read(file, answerTimeout);
        if (!own.stages().isEmpty()) {
            return own;
        }
        long rampNanos = Math.round(connections / ramp * 1e9);
        return own.withStages(List.of(
                new Script.Stage(connections, Duration.ofNanos(rampNanos)),
                new Script.Stage(connections, time("--duration", duration, true))));
    }

    private List<String> spaces(Target target) {
        if (namespaces.isEmpty()) {
            return List.of(target.namespace());
        }
        return namespaces.stream()
                .map(name -> name.startsWith("/") ? name : "/" + name)
                .toList();
    }

    private static void perSecond(String option, double value) {
        if (!(value >= 0.001 && value <= 1e9)) { // also refuses NaN
            throw new IllegalArgumentException(option + " must be from 0.001 to 1000000000 per second, was " + value);
        }
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw new IllegalArgumentException(option + " must be at least " + least + ", was " + value);
        }
    }

    private static Duration time(String option, String text, boolean positive) {
        Duration value;
        try {
            value = Units.duration(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
        if (positive && value.toMillis() < 1) {
            throw new IllegalArgumentException(option + " must be above 0, was " + text);
        }
        return value;
    }

    private @Nullable Object credentials() {
        String given = auth;
        if (given == null) {
            return null;
        }
        try {
            Object value = JsonMapper.shared().readValue(FileArgument.read("--auth", given), Object.class);
            if (value instanceof Map<?, ?>) {
                for (String name : Template.of(value).names()) {
                    if (!Template.BUILT_IN.contains(name)) {
                        throw new IllegalArgumentException("--auth: ${" + name + "} is unknown; available: "
                                + String.join(", ", new java.util.TreeSet<>(Template.BUILT_IN)));
                    }
                }
                return value;
            }
        } catch (JacksonException e) {
            // its message may contain a part of the secret
            var at = e.getLocation();
            throw new IllegalArgumentException("--auth is not valid JSON"
                    + (at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr()));
        }
        throw new IllegalArgumentException("--auth must be a JSON object, for example {\"token\":\"abc\"}");
    }

    private ClientOptions options(Target target, Scenario kind, boolean scripted) {
        ClientOptionsBuilder options = ClientOptions.builder()
                .forceNew(true)
                .path(path)
                .query(query)
                .extraHeaders(headerMap())
                .perMessageDeflate(compress)
                .reconnection(reconnect)
                .timeout(time("--connect-timeout", connectTimeout, true))
                .withCredentials(true)
                .maxOutboundBytes(Math.max(64L << 20, 2L * outstanding * Units.bytes(payload)))
                .sendBufferSize(1_000_000);
        String way = kind == Scenario.POLLING && !scripted ? "polling" : transport;
        switch (way) {
            case "websocket" -> options.transports(TransportName.WEBSOCKET);
            case "polling" -> options.transports(TransportName.POLLING).upgrade(false);
            case "webtransport" -> {
                if (!target.secure()) {
                    throw new IllegalArgumentException("--transport webtransport requires an https:// URL");
                }
                options.transports(TransportName.WEBTRANSPORT);
            }
            case "upgrade" -> options.transports(TransportName.POLLING, TransportName.WEBSOCKET);
            default ->
                throw new IllegalArgumentException("unknown transport \"" + transport
                        + "\"; available: websocket, polling, webtransport, upgrade");
        }
        switch (parser) {
            case "json" -> options.parser(JsonParser.create());
            case "msgpack" -> options.parser(MsgpackParser.create());
            default ->
                throw new IllegalArgumentException("unknown parser \"" + parser + "\"; available: json, msgpack");
        }
        if (target.secure()) {
            tls(options);
        }
        return options.build();
    }

    private void tls(ClientOptionsBuilder options) {
        File given = cacert;
        if (insecure) {
            options.dangerouslyTrustAllCertificates();
        } else if (given != null) {
            if (!given.canRead()) {
                throw new IllegalArgumentException("cannot read " + given + " of --cacert");
            }
            checkPem(given);
            options.tls(tls -> tls.trustedCertificates(given.toPath()));
        }
    }

    private static void checkPem(File given) {
        String problem = "it has none";
        try (InputStream in = new FileInputStream(given)) {
            if (!CertificateFactory.getInstance("X.509")
                    .generateCertificates(in)
                    .isEmpty()) {
                return;
            }
        } catch (IOException | CertificateException e) {
            problem = e.getMessage();
        }
        throw new IllegalArgumentException("--cacert " + given + " contains no PEM certificates: " + problem);
    }

    private Map<String, String> headerMap() {
        Map<String, String> map = new LinkedHashMap<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException(
                        "--header \"" + header + "\" needs a colon, for example \"Authorization: Bearer abc\"");
            }
            map.put(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip());
        }
        return map;
    }
}
