package dev.sockeye.verification;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.json.JsonMapper;

/**
 * The servers of the suite of {@code @socket.io/admin-ui}. Its tests create a server for each case and call its methods, so
 * {@code verification/suites/admin-shim.ts} does that by requests to this program.
 */
@Command(name = "admin", description = "creates the servers of the official Admin UI package's suite")
final class AdminServer implements Callable<Integer> {
    @Mixin
    private final ServerArguments arguments = new ServerArguments();

    private final JsonMapper json = new JsonMapper();

    @Override
    public Integer call() throws Exception {
        AdminSuite suite = new AdminSuite(arguments.host);
        Runtime.getRuntime().addShutdownHook(new Thread(suite::close, "close"));
        HttpServer control = HttpServer.create(arguments.address(), 0);
        control.setExecutor(Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "control");
            thread.setDaemon(true);
            return thread;
        }));
        control.createContext("/", exchange -> answer(exchange, suite));
        control.start();
        return ServerArguments.serving(control.getAddress().getPort());
    }

    private void answer(HttpExchange exchange, AdminSuite suite) throws IOException {
        int status = 200;
        byte[] body;
        try {
            Map<?, ?> request = json.readValue(exchange.getRequestBody().readAllBytes(), Map.class);
            @Nullable Object result = suite.handle(request);
            body = json.writeValueAsBytes(result);
        } catch (Exception e) {
            e.printStackTrace();
            status = 500;
            body = e.toString().getBytes(StandardCharsets.UTF_8);
        }
        try (exchange) {
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
