package dev.sockeye.socketio.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that answers what the test says. */
final class ScriptedServer implements AutoCloseable {
    interface Script {
        void answer(HttpExchange exchange) throws IOException;
    }

    private final HttpServer server;
    private final ExecutorService executor = Executors.newCachedThreadPool();

    ScriptedServer(Script script) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(executor);
        server.createContext("/", script::answer);
        server.start();
    }

    static ScriptedServer answering(int status, String type, String body) throws IOException {
        return new ScriptedServer(exchange -> reply(exchange, status, type, body));
    }

    /** The handshake, the answer to a CONNECT, then nothing. */
    static ScriptedServer openingThenSilent(String open) throws IOException {
        AtomicInteger polls = new AtomicInteger();
        return new ScriptedServer(exchange -> {
            if (exchange.getRequestMethod().equals("POST")) {
                exchange.getRequestBody().readAllBytes();
                reply(exchange, 200, "text/html", "ok");
            } else if (!exchange.getRequestURI().getQuery().contains("sid=")) {
                polls.set(0);
                reply(exchange, 200, "text/plain", open);
            } else if (polls.incrementAndGet() == 1) {
                reply(exchange, 200, "text/plain", "40{\"sid\":\"socket\"}");
            }
        });
    }

    static void reply(HttpExchange exchange, int status, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
