package dev.sockeye.verification.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL: the one of Debian's package, or the one in the directory SOCKEYE_POSTGRES_BIN. It refuses to run as root,
 * so root runs it as the user of the package.
 */
final class PostgresServer implements BrokerServer {
    private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

    private final Path binaries;
    private final Path directory;
    private final int port;
    private Process process;

    private PostgresServer(Path binaries) throws IOException {
        this.binaries = binaries;
        directory = Files.createTempDirectory("sockeye-postgres");
        if (isRoot()) {
            run(List.of("chown", "postgres", directory.toString()));
        }
        List<String> init = command("initdb");
        init.addAll(List.of("-D", data(), "-U", "sockeye", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"));
        run(init);
        port = LocalPorts.free();
        process = start();
    }

    /** The PostgreSQL of this machine; {@code null} if there is none. */
    static @Nullable PostgresServer find() throws IOException {
        List<Path> folders = new ArrayList<>();
        String given = System.getenv("SOCKEYE_POSTGRES_BIN");
        if (given != null) {
            folders.add(Path.of(given));
        }
        if (Files.isDirectory(DEBIAN)) {
            try (Stream<Path> versions = Files.list(DEBIAN)) {
                versions.sorted(Comparator.reverseOrder())
                        .map(version -> version.resolve("bin"))
                        .forEach(folders::add);
            }
        }
        for (Path folder : folders) {
            if (Files.isExecutable(folder.resolve("initdb"))) {
                return new PostgresServer(folder);
            }
        }
        return null;
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private List<String> command(String program) {
        List<String> command = new ArrayList<>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=postgres", "--clear-groups", "--"));
        }
        command.add(binaries.resolve(program).toString());
        return command;
    }

    private String data() {
        return directory.resolve("data").toString();
    }

    private void run(List<String> command) throws IOException {
        Process ran = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (ran.waitFor() != 0) {
                throw new IOException(command + " failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private Process start() throws IOException {
        List<String> command = command("postgres");
        command.addAll(List.of("-D", data(), "-p", Integer.toString(port), "-k", "", "-h", "127.0.0.1"));
        command.addAll(List.of("-c", "max_connections=100"));
        Process started = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        for (int i = 0; i < 400 && !accepts(); i++) {
            LockSupport.parkNanos(25_000_000);
        }
        return started;
    }

    private boolean accepts() {
        try (Connection connection = DriverManager.getConnection(uri())) {
            return connection.isValid(2);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public String uri() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=sockeye&connectTimeout=3";
    }

    private List<ProcessHandle> processes() {
        List<ProcessHandle> all = new ArrayList<>(List.of(process.toHandle()));
        process.descendants().forEach(all::add);
        return all;
    }

    private void signal(String name) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes().forEach(one -> command.add(Long.toString(one.pid())));
        new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    @Override
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    @Override
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    /** Makes inserts into the adapter's tables fail with the error of a full disk. */
    @Override
    public void fill() throws IOException {
        execute("""
                CREATE OR REPLACE FUNCTION is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;
                DO $$ DECLARE one record; BEGIN
                FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
                EXECUTE format('CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION is_full()', one.tablename);
                END LOOP; END $$""");
    }

    @Override
    public void makeRoom() throws IOException {
        execute("DROP FUNCTION is_full CASCADE");
    }

    private void execute(String sql) throws IOException {
        try (Connection connection = DriverManager.getConnection(uri());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    /** Kills all of its processes, as in a crash of the machine. */
    @Override
    public void kill() throws IOException, InterruptedException {
        signal("KILL");
        process.waitFor();
    }

    @Override
    public void startAgain() throws IOException {
        process = start();
    }

    @Override
    public long cpuMicros() throws IOException {
        long all = 0;
        for (ProcessHandle one : processes()) {
            Path stat = Path.of("/proc/" + one.pid() + "/stat");
            if (Files.exists(stat)) {
                String text = Files.readString(stat);
                List<String> fields =
                        List.of(text.substring(text.lastIndexOf(')') + 2).split(" ", -1));
                all += (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) * 10_000;
            }
        }
        return all;
    }

    @Override
    public void close() {
        try {
            kill();
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            System.err.println(directory + " was not deleted: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
