package dev.sockeye.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.json.JsonMapper;

/** The process with the official servers, clients and emitters: src/test/js/peers.mjs. */
final class NodeProcess implements AutoCloseable {
    private static final Path SCRIPTS = Path.of("src/test/js").toAbsolutePath();

    private final JsonMapper mapper = new JsonMapper();
    private final Map<Integer, CompletableFuture<Object>> pending = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final Process process;
    private final BufferedWriter input;

    NodeProcess() throws IOException {
        assertThat(Files.isDirectory(SCRIPTS.resolve("node_modules")))
                .as("npm packages in " + SCRIPTS + ": run ./test once, or npm ci there")
                .isTrue();
        process = new ProcessBuilder("node", "peers.mjs")
                .directory(SCRIPTS.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(this::read, "peers.mjs");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Map<?, ?> answer = mapper.readValue(line, Map.class);
                CompletableFuture<Object> waiting = pending.remove(((Number) answer.get("id")).intValue());
                if (answer.get("error") != null) {
                    waiting.completeExceptionally(new AssertionError(answer.get("error")));
                } else {
                    waiting.complete(answer.get("result"));
                }
            }
        } catch (IOException e) {
            pending.values().forEach(waiting -> waiting.completeExceptionally(e));
        }
    }

    /** Does something there; keys and values alternate. */
    Object ask(String op, Object... given) {
        Map<String, Object> request = new LinkedHashMap<>();
        int id = ids.incrementAndGet();
        request.put("id", id);
        request.put("op", op);
        for (int i = 0; i < given.length; i += 2) {
            request.put((String) given[i], pack(given[i + 1]));
        }
        CompletableFuture<Object> result = new CompletableFuture<>();
        pending.put(id, result);
        try {
            synchronized (input) {
                input.write(mapper.writeValueAsString(request));
                input.newLine();
                input.flush();
            }
            return result.get(40, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(op + ": " + e, e);
        }
    }

    @SuppressWarnings("unchecked")
    Map<String, Object> map(String op, Object... given) {
        return (Map<String, Object>) ask(op, given);
    }

    List<?> list(String op, Object... given) {
        return (List<?>) unpack(ask(op, given));
    }

    private static Object pack(Object value) {
        if (value instanceof byte[] bytes) {
            return Map.of("$bin", HexFormat.of().formatHex(bytes));
        }
        if (value instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(one -> all.add(pack(one)));
            return all;
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, Object> all = new LinkedHashMap<>();
            map.forEach((key, one) -> all.put(key, pack(one)));
            return all;
        }
        return value;
    }

    static Object unpack(Object value) {
        if (value instanceof List<?> list) {
            List<Object> all = new ArrayList<>();
            list.forEach(one -> all.add(unpack(one)));
            return all;
        }
        if (value instanceof Map<?, ?> map) {
            if (map.get("$bin") instanceof String hex) {
                return "bin:" + hex;
            }
            Map<Object, Object> all = new LinkedHashMap<>();
            map.forEach((key, one) -> all.put(key, unpack(one)));
            return all;
        }
        return value;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
