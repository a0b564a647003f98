package dev.sockeye.cli.console;

import dev.sockeye.cli.FileArgument;
import dev.sockeye.kafka.KafkaAdapterOptions;
import dev.sockeye.kafka.KafkaEmitter;
import dev.sockeye.postgres.PostgresEmitter;
import dev.sockeye.redis.RedisEmitter;
import dev.sockeye.socketio.adapter.cluster.Emitter;
import java.io.IOException;
import java.io.Reader;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sockeye emit}: sends an event to the clients of a cluster through its broker, for scripts. */
@Command(
        name = "emit",
        description = {
            "Sends an event to the clients of a cluster through the broker of its servers:",
            "emit --redis redis://localhost --room orders shipped '{\"id\": 4711}'",
            "A URL with a password can be in a file: --redis @FILE"
        },
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "Exit codes:%n",
        exitCodeList = {"0:the broker accepted the event", "1:the broker did not accept it", "2:wrong arguments"})
public final class EmitCommand implements Callable<Integer> {

    private static final Logger LOG = System.getLogger(EmitCommand.class.getName());

    /** Selects the broker. */
    private static final class Broker {
        @Option(
                names = "--redis",
                paramLabel = "URL",
                description = "Redis URL of servers with RedisAdapter or the official Redis adapter, for example"
                        + " redis://localhost.")
        private @Nullable String redis;

        @Option(
                names = "--redis-streams",
                paramLabel = "URL",
                description = "Redis URL of servers with RedisStreamsAdapter or the official Redis streams adapter.")
        private @Nullable String redisStreams;

        @Option(
                names = "--postgres",
                paramLabel = "URL",
                description = "JDBC URL of servers with PostgresAdapter or the official Postgres adapter, for example"
                        + " jdbc:postgresql://localhost/db?user=me&password=secret.")
        private @Nullable String postgres;

        @Option(
                names = "--postgres-durable",
                paramLabel = "URL",
                description = "JDBC URL of servers with PostgresDurableAdapter.")
        private @Nullable String postgresDurable;

        @Option(
                names = "--kafka",
                paramLabel = "HOST:PORT,...",
                description = "Bootstrap servers of servers with KafkaAdapter.")
        private @Nullable String kafka;

        @Option(
                names = "--kafka-properties",
                paramLabel = "FILE",
                description = "As --kafka, with a file of Kafka client properties, for example for security.")
        private @Nullable Path kafkaProperties;

        Emitter connect() {
            if (redis != null) {
                return RedisEmitter.connect(FileArgument.read("--redis", redis));
            } else if (redisStreams != null) {
                return RedisEmitter.connectStreams(FileArgument.read("--redis-streams", redisStreams));
            } else if (postgres != null) {
                return PostgresEmitter.connect(jdbc("--postgres", postgres));
            } else if (kafka != null) {
                return kafka(Map.of("bootstrap.servers", kafka));
            } else if (kafkaProperties != null) {
                return kafka(read(kafkaProperties));
            }
            return PostgresEmitter.connectDurable(jdbc("--postgres-durable", Objects.requireNonNull(postgresDurable)));
        }

        private static Emitter kafka(Map<String, String> properties) {
            return KafkaEmitter.connect(properties, KafkaAdapterOptions.defaults());
        }

        private static Map<String, String> read(Path file) {
            Properties properties = new Properties();
            try (Reader in = Files.newBufferedReader(file)) {
                properties.load(in);
            } catch (IOException e) {
                throw new IllegalArgumentException("cannot read " + file + ": " + e, e);
            }
            Map<String, String> all = new HashMap<>();
            properties.stringPropertyNames().forEach(name -> all.put(name, properties.getProperty(name)));
            return all;
        }

        /** The error does not contain the URL, which may contain a password. */
        private static String jdbc(String option, String given) {
            String url = FileArgument.read(option, given);
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException("the URL of " + option + " does not start with jdbc:postgresql:");
            }
            return url;
        }
    }

    @ArgGroup(multiplicity = "1")
    private Broker broker = new Broker();

    @Option(
            names = "--room",
            paramLabel = "ROOM",
            description = "Sends only to clients in this room, or to the socket with this id; repeatable.")
    private List<String> rooms = List.of();

    @Option(names = "--except", paramLabel = "ROOM", description = "Excludes the clients in this room; repeatable.")
    private List<String> except = List.of();

    @Option(names = "--namespace", defaultValue = "/", description = "Default: ${DEFAULT-VALUE}.")
    private String namespace = "/";

    @Option(names = "--server-side", description = "Sends to the servers (serverSideEmit), not to clients.")
    private boolean serverSide;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "Maximum time to wait for the broker. Default: ${DEFAULT-VALUE}.")
    private int timeout = 10;

    @Parameters(index = "0", paramLabel = "EVENT")
    private String event = "";

    @Parameters(index = "1..*", paramLabel = "JSON", description = "The arguments; strings need double quotes.")
    private List<String> json = List.of();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec);
        if (timeout < 1) {
            throw new ParameterException(command.commandLine(), "--timeout must be 1 second or more");
        }
        try {
            Object[] args = Line.values(String.join(" ", json)).toArray();
            Emitter emitter = broker.connect();
            try {
                return send(emitter, args, command);
            } finally {
                close(emitter);
            }
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** The result is known already, and the process ends: a broker that is not reachable need not be reported again. */
    private static void close(Emitter emitter) {
        try {
            emitter.close();
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the emitter did not close", e);
        }
    }

    private int send(Emitter emitter, Object[] args, CommandSpec command) throws InterruptedException {
        Emitter target = emitter.of(namespace).to(rooms.toArray(new String[0])).except(except.toArray(new String[0]));
        CompletableFuture<Void> sent = serverSide ? target.serverSideEmit(event, args) : target.emit(event, args);
        String reason;
        try {
            sent.get(timeout, TimeUnit.SECONDS);
            return 0;
        } catch (ExecutionException e) {
            reason = String.valueOf(e.getCause());
        } catch (TimeoutException e) {
            reason = "no answer within " + timeout + " s";
        }
        command.commandLine().getErr().println("sockeye: the event was not sent: " + reason);
        command.commandLine().getErr().flush();
        return 1;
    }
}
