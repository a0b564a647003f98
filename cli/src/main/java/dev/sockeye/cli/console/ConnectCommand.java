package dev.sockeye.cli.console;

import dev.sockeye.cli.FileArgument;
import dev.sockeye.cli.Plain;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.ClientOptionsBuilder;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.transport.TransportName;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.MsgpackParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sockeye connect}: shows the events of a server and sends what the user types; with {@code --emit} for scripts. */
@Command(
        name = "connect",
        description = {
            "Connects to a Socket.IO server, prints its events and sends the events that you type:",
            "event json json...  (quote an event name that has spaces; prefix it with ? to request an acknowledgement)"
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:success", "1:not connected, refused, or no acknowledgement", "2:wrong arguments"})
public final class ConnectCommand implements Callable<Integer> {

    @Parameters(paramLabel = "URL", description = "For example http://localhost:3000; its path is the namespace.")
    private String url = "";

    @Option(names = "--namespace", description = "The namespace, for example /admin; replaces the path of the URL.")
    private @Nullable String namespace;

    @Option(names = "--path", paramLabel = "PATH", description = "Path of the Socket.IO server. Default: /socket.io.")
    private @Nullable String path;

    @Option(names = "--auth", paramLabel = "JSON", description = "Payload of the CONNECT packet (auth), or @file.")
    private @Nullable String auth;

    @Option(
            names = {"-t", "--transport"},
            paramLabel = "NAME",
            description = "The only transport: polling, websocket or webtransport. Default: polling, then an upgrade to"
                    + " websocket.")
    private @Nullable String transport;

    @Option(
            names = "--insecure",
            description = "Trusts any certificate, for example the one of ./sockeye chat --tls. For tests only.")
    private boolean insecure;

    @Option(names = "--msgpack", description = "Uses the msgpack parser, as the server must.")
    private boolean msgpack;

    @Option(
            names = "--emit",
            paramLabel = "LINE",
            description = "Sends 'event json json...', prints the acknowledgement as a JSON array, and exits.")
    private @Nullable String emit;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Maximum time to connect, and to wait for an acknowledgement. Default: ${DEFAULT-VALUE}.")
    private double timeout;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        CommandSpec command = Objects.requireNonNull(spec);
        if (!(timeout > 0 && timeout <= 86_400)) {
            throw new ParameterException(
                    command.commandLine(), "--timeout must be greater than 0 and at most 86400 seconds");
        }
        ClientOptions options;
        Line line;
        String address;
        try {
            options = options(emit == null);
            line = emit == null ? null : Line.parse(emit);
            address = address();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
        Duration patience = Duration.ofMillis(Math.max(1, (long) (timeout * 1000)));
        try (SocketIoClient io = SocketIoClient.create()) {
            return line == null
                    ? converse(setup -> io.socket(address, options, setup), patience)
                    : script(io, address, options, line, patience);
        }
    }

    private int converse(Function<Consumer<Socket>, Socket> opener, Duration patience)
            throws InterruptedException, IOException {
        try (Terminal terminal = TerminalBuilder.builder()
                .systemOutput(TerminalBuilder.SystemOutput.SysOut)
                .dumb(true)
                .build()) {
            if (!terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
                TerminalScreen screen = new TerminalScreen(
                        terminal,
                        Path.of(System.getProperty("user.home"), ".sockeye_history"),
                        Plain.colours(System.getenv()));
                return new Console(screen, screen::offer, patience).run(opener, screen::read, false) ? 0 : 1;
            }
        }
        CommandLine line = Objects.requireNonNull(spec).commandLine();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PipedLines lines = new PipedLines(in);
        PlainScreen screen = new PlainScreen(line.getOut(), line.getErr(), System.out::checkError, lines::end);
        return new Console(screen, event -> {}, patience).run(opener, lines, true) ? 0 : 1;
    }

    private int script(SocketIoClient io, String address, ClientOptions options, Line line, Duration patience)
            throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        try {
            Socket socket = io.socket(address, options).connectBlocking(patience);
            Arguments answer = socket.call(line.event(), patience, line.array());
            command.commandLine().getOut().println(Plain.json(Line.json(answer.toList())));
            command.commandLine().getOut().flush();
            return 0;
        } catch (SocketIoException e) {
            command.commandLine().getErr().println("sockeye: " + Plain.text(reason(e, line.event())));
            command.commandLine().getErr().flush();
            return 1;
        }
    }

    /** A message for the user that explains why an event was not acknowledged. */
    static String reason(SocketIoException error, String event) {
        return error instanceof AckTimeoutException ? "no acknowledgement of " + event + " in time" : reason(error);
    }

    /** A message for the user that explains a failure, including the data that the server sent. */
    static String reason(SocketIoException error) {
        StringBuilder text = new StringBuilder(String.valueOf(error.getMessage()));
        if (error instanceof ConnectErrorException refused && refused.data() != null) {
            text.append(' ')
                    .append(Line.json(Objects.requireNonNull(refused.data()).get()));
        }
        Throwable cause = error.getCause();
        while (cause != null) {
            String message = cause.getMessage();
            if (message != null && text.indexOf(message) < 0) {
                text.append(": ").append(message);
            }
            cause = cause.getCause();
        }
        return text.toString();
    }

    private ClientOptions options(boolean reconnection) {
        ClientOptionsBuilder builder =
                ClientOptions.builder().autoConnect(false).reconnection(reconnection);
        if (transport != null) {
            builder.transports(
                    switch (transport) {
                        case "polling" -> TransportName.POLLING;
                        case "websocket" -> TransportName.WEBSOCKET;
                        case "webtransport" -> TransportName.WEBTRANSPORT;
                        default ->
                            throw new IllegalArgumentException(
                                    "--transport must be polling, websocket or webtransport, was " + transport);
                    });
        }
        if (insecure) {
            builder.dangerouslyTrustAllCertificates();
        }
        if (path != null) {
            builder.path(path);
        }
        if (auth != null) {
            builder.auth(credentials(FileArgument.read("--auth", auth)));
        }
        if (msgpack) {
            builder.parser(MsgpackParser.create());
        }
        return builder.build();
    }

    /** The errors do not contain the credentials. */
    private static @Nullable Object credentials(String json) {
        List<@Nullable Object> values;
        try {
            values = Line.values(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--auth is not valid JSON (strings need double quotes)", e);
        }
        if (values.size() != 1) {
            throw new IllegalArgumentException("--auth must be one JSON value");
        }
        return values.get(0);
    }

    private String address() {
        URI uri = URI.create(url);
        String scheme = uri.getScheme();
        if (scheme == null || !List.of("http", "https", "ws", "wss").contains(scheme) || uri.getHost() == null) {
            throw new IllegalArgumentException("the URL must start with http://, https://, ws:// or wss://: " + url);
        }
        if (namespace == null) {
            return url;
        }
        if (!namespace.startsWith("/")) {
            throw new IllegalArgumentException("--namespace must start with /, was " + namespace);
        }
        String query = uri.getRawQuery();
        return scheme + "://" + uri.getRawAuthority() + namespace + (query == null ? "" : "?" + query);
    }
}
