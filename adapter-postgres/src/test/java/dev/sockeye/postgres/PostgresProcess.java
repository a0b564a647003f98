package dev.sockeye.postgres;

import dev.sockeye.adapter.tck.LocalPorts;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A real PostgreSQL on a free port, that can be killed, paused and started again with its data: that of Debian's package, or of the
 * folder in SOCKEYE_POSTGRES_BIN. It refuses to run as root, so root runs it as the user of the package.
 */
final class PostgresProcess implements AutoCloseable {
    private static final String WITHOUT =
            "No PostgreSQL here (Debian's package postgresql, or SOCKEYE_POSTGRES_BIN): its adapters are not tested.";

    private final Path binaries;
    private final Path directory;
    private final int port;
    private Process process;
    private int databases;

    private PostgresProcess(Path binaries) throws Exception {
        this.binaries = binaries;
        directory = Files.createTempDirectory("sockeye-postgres");
        if (isRoot()) {
            run(List.of("chown", user(), directory.toString()));
        }
        List<String> init = command("initdb");
        init.addAll(List.of("-D", data(), "-U", "sockeye", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        run(init);
        port = LocalPorts.free();
        process = start();
    }

    /** One of this machine; the test is skipped when there is none. */
    static PostgresProcess begin() throws Exception {
        Path found = find();
        if (found == null) {
            System.out.println(WITHOUT);
        }
        Assumptions.assumeTrue(found != null, WITHOUT);
        return new PostgresProcess(found);
    }

    private static @Nullable Path find() throws IOException {
        List<Path> folders = new ArrayList<>();
        String given = System.getenv("SOCKEYE_POSTGRES_BIN");
        if (given != null) {
            folders.add(Path.of(given));
        }
        Path debian = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(debian)) {
            try (Stream<Path> versions = Files.list(debian)) {
                versions.sorted(Comparator.reverseOrder())
                        .map(version -> version.resolve("bin"))
                        .forEach(folders::add);
            }
        }
        for (String one : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            folders.add(Path.of(one));
        }
        return folders.stream()
                .filter(folder ->
                        Files.isExecutable(folder.resolve("initdb")) && Files.isExecutable(folder.resolve("postgres")))
                .findFirst()
                .orElse(null);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static String user() {
        try {
            return Files.readAllLines(Path.of("/etc/passwd")).stream().anyMatch(line -> line.startsWith("postgres:"))
                    ? "postgres"
                    : "nobody";
        } catch (IOException e) {
            return "nobody";
        }
    }

    private List<String> command(String program) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=" + user(), "--clear-groups", "--"));
        }
        command.add(binaries.resolve(program).toString());
        return command;
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private void run(List<String> command) throws Exception {
        Path log = Files.createTempFile("sockeye-postgres", ".log");
        Process ran = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        if (!ran.waitFor(60, TimeUnit.SECONDS) || ran.exitValue() != 0) {
            throw new IOException(command + ": " + Files.readString(log));
        }
        Files.delete(log);
    }

    private Process start() throws Exception {
        List<String> command = command("postgres");
        command.addAll(List.of("-D", data(), "-p", String.valueOf(port), "-k", "", "-h", "127.0.0.1"));
        for (String setting :
                List.of("fsync=off", "max_connections=60", "shared_buffers=16MB", "max_prepared_transactions=2")) {
            command.addAll(List.of("-c", setting));
        }
        Process started = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        Path.of(directory + ".log").toFile()))
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(30))
                .ignoreExceptions()
                .until(() -> {
                    try (Connection connection = source("postgres").getConnection()) {
                        return connection.isValid(1);
                    }
                });
        return started;
    }

    /** Creates a new database. */
    String database() throws SQLException {
        String name = "db" + ++databases;
        execute("postgres", "CREATE DATABASE " + name);
        return name;
    }

    int port() {
        return port;
    }

    DataSource source(String database) {
        return source(port, database);
    }

    /** Of a port that leads to a PostgreSQL. */
    static DataSource source(int port, String database) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL("jdbc:postgresql://127.0.0.1:" + port + "/" + database);
        source.setUser("sockeye");
        source.setConnectTimeout(2);
        return source;
    }

    String url(String database) {
        return "postgres://sockeye@127.0.0.1:" + port + "/" + database;
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?user=sockeye";
    }

    void execute(String database, String... statements) throws SQLException {
        try (Connection connection = source(database).getConnection();
                Statement statement = connection.createStatement()) {
            for (String one : statements) {
                statement.execute(one);
            }
        }
    }

    /** Stops it immediately, as in a crash. */
    void kill() throws Exception {
        signal("QUIT", process.toHandle());
        process.waitFor();
    }

    void startAgain() throws Exception {
        process = start();
    }

    void pause() throws Exception {
        signal("STOP", process.toHandle());
        for (ProcessHandle child : process.descendants().toList()) {
            signal("STOP", child);
        }
    }

    void resume() throws Exception {
        for (ProcessHandle child : process.descendants().toList()) {
            signal("CONT", child);
        }
        signal("CONT", process.toHandle());
    }

    private static void signal(String name, ProcessHandle to) throws Exception {
        new ProcessBuilder("kill", "-" + name, String.valueOf(to.pid())).start().waitFor();
    }

    @Override
    public void close() throws Exception {
        if (process.isAlive()) {
            resume();
            kill();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        }
        Files.deleteIfExists(Path.of(directory + ".log"));
    }
}
