package dev.sockeye.verification.differential;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The official server, in a Node process. */
final class ReferenceSide implements Side {
    private static final JsonMapper JSON = new JsonMapper();

    private final Process node;
    private final BufferedReader answers;
    private final Writer questions;
    private final JsonNode ports;

    private ReferenceSide(Path folder) throws IOException {
        this.node = new ProcessBuilder("node", "server.mjs")
                .directory(folder.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = node.inputReader(StandardCharsets.UTF_8);
        this.questions = node.outputWriter(StandardCharsets.UTF_8);
        this.ports = read().get("ports");
    }

    /**
     * Starts the server.
     *
     * @param folder the directory of {@code server.mjs}; missing packages are installed
     */
    static ReferenceSide start(Path folder) throws IOException, InterruptedException {
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            Process install = new ProcessBuilder("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
                    .directory(folder.toFile())
                    .inheritIO()
                    .start();
            if (install.waitFor() != 0) {
                throw new IOException("npm ci failed in " + folder);
            }
        }
        return new ReferenceSide(folder);
    }

    private JsonNode read() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the official server has ended");
        }
        return JSON.readTree(line);
    }

    private synchronized JsonNode ask(String question) {
        try {
            questions.write(question + "\n");
            questions.flush();
            return read();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "node";
    }

    @Override
    public int port(Profile profile) {
        return ports.get(profile.key()).asInt();
    }

    @Override
    public List<String> log(String run) {
        List<String> lines = new ArrayList<>();
        ask("log " + run).forEach(line -> lines.add(line.asString()));
        return lines;
    }

    @Override
    public int crashes() {
        return ask("crashes").asInt();
    }

    @Override
    public void close() {
        node.destroy();
        try {
            if (!node.waitFor(5, TimeUnit.SECONDS)) {
                node.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
