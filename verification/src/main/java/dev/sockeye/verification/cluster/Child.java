package dev.sockeye.verification.cluster;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A child process that communicates by lines of text, and can be suspended and killed. */
final class Child implements AutoCloseable {
    private static final String END = "(end of output)";

    private final Process process;
    private final BufferedWriter input;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>();

    private final LinkedBlockingQueue<String> warnings = new LinkedBlockingQueue<>();

    Child(Path directory, List<String> command) throws IOException {
        process = new ProcessBuilder(command).directory(directory.toFile()).start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        begin(this::read, "lines");
        begin(this::readErrors, "errors");
    }

    private void begin(Runnable task, String what) {
        Thread thread = new Thread(task, what + " of " + process.pid());
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts another JVM with the class path of this one. */
    static Child java(List<String> arguments) throws IOException {
        return java(List.of(), arguments);
    }

    /** Starts another JVM through a command. */
    static Child java(List<String> by, List<String> arguments) throws IOException {
        return java(by, System.getProperty("java.class.path"), arguments);
    }

    /** Starts a JVM with a different class path. */
    static Child java(List<String> by, String classpath, List<String> arguments) throws IOException {
        return java(by, classpath, "cluster-node", arguments);
    }

    /** Starts another JVM that runs another program. */
    static Child java(String program, List<String> arguments) throws IOException {
        return java(List.of(), System.getProperty("java.class.path"), program, arguments);
    }

    private static Child java(List<String> by, String classpath, String program, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(by);
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                classpath,
                "dev.sockeye.verification.Verify",
                program));
        command.addAll(arguments);
        return new Child(Path.of("").toAbsolutePath(), command);
    }

    private void read() {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("failed " + e);
        }
        lines.add(END);
    }

    private void readErrors() {
        try (BufferedReader errors = process.errorReader(StandardCharsets.UTF_8)) {
            for (String line = errors.readLine(); line != null; line = errors.readLine()) {
                if (line.startsWith("WARNING: ") || line.startsWith("SEVERE: ")) {
                    warnings.add(line.substring(line.indexOf(' ') + 1));
                }
            }
        } catch (IOException e) {
            warnings.add("its errors cannot be read: " + e);
        }
    }

    /** The warnings logged since the last call. */
    List<String> warnings() {
        List<String> all = new ArrayList<>();
        warnings.drainTo(all);
        return all;
    }

    /** Waits for a line with this prefix, and returns the rest of the line. */
    String expect(String beginning) throws InterruptedException, IOException {
        while (true) {
            String line = lines.poll(120, TimeUnit.SECONDS);
            if (line == null) {
                throw new IOException("process " + process.pid() + " did not print \"" + beginning + "\"");
            }
            if (line.equals(END)) {
                throw new IOException("process " + process.pid() + " ended before it printed \"" + beginning + "\"");
            }
            if (line.startsWith(beginning + " ")) {
                return line.substring(beginning.length() + 1);
            }
        }
    }

    void say(String line) throws IOException {
        input.write(line);
        input.newLine();
        input.flush();
    }

    String ask(String question, String answer) throws IOException, InterruptedException {
        say(question);
        return expect(answer);
    }

    void signal(String name) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** The CPU time used so far, in microseconds; Linux has a resolution of 10 ms. */
    long cpuMicros() throws IOException {
        return cpuMicros(process.pid());
    }

    static long cpuMicros(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) * 10_000;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
