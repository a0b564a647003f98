package dev.sockeye.cli.load;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Scope;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.Stamp;
import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.cli.load.user.ConnectDiagnosis;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Opens one connection before the load to check that the server is reachable and knows the events of the scenario. */
public final class Preflight {
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final String HELP =
            " docs/load-testing.md describes what the server must do; \"--scenario connect\" has no requirements, and"
                    + " \"--script FILE\" tests your own events";

    private final LoadPlan plan;
    private final Stamp stamp;

    Preflight(LoadPlan plan) {
        this.plan = plan;
        this.stamp = new Stamp(1, System.nanoTime(), plan.payload());
    }

    /** A sentence that describes the problem; {@code null} if there is none. */
    @Nullable
    String complaint() throws InterruptedException {
        Duration given = plan.options().timeout();
        Duration wait = given != null && given.compareTo(LONGEST) < 0 ? given : LONGEST;
        try (SocketIoClient client = SocketIoClient.create()) {
            String namespace = plan.namespaces().get(0);
            ClientOptions options = plan.options(0);
            Script script = plan.script();
            if (script != null && script.roles().get(0).steps().get(0) instanceof Script.Connect first) {
                // as the first user
                Scope scope = new Scope(0, plan.payload());
                scope.turn(0, script.vars());
                namespace = plan.namespace(first, 0, scope);
                options = plan.options(first, 0, scope);
            }
            Socket socket = client.socket(
                    plan.target().address(namespace),
                    options.toBuilder()
                            .autoConnect(false)
                            .reconnection(false)
                            .timeout(wait)
                            .build());
            try {
                socket.connectBlocking(wait.plusMillis(500));
            } catch (ConnectErrorException e) {
                return ConnectDiagnosis.sentence(e, plan, namespace);
            }
            return plan.script() == null ? contract(socket, wait) : null;
        } catch (IllegalStateException e) {
            return null; // connected, but did not close in time
        }
    }

    private @Nullable String contract(Socket socket, Duration wait) throws InterruptedException {
        Duration patience = wait.compareTo(Duration.ofSeconds(5)) < 0 ? wait : Duration.ofSeconds(5);
        return switch (plan.scenario()) {
            case CONNECT -> null;
            case ECHO, POLLING -> echo(socket, patience);
            case BROADCAST -> checkEcho(socket, "broadcast", patience);
            case ROOMS -> {
                socket.emit("join", "r0");
                String complaint = echoes(socket, "echo", "joined", patience);
                yield complaint != null ? complaint : checkEcho(socket, "room", patience);
            }
        };
    }

    private @Nullable String echo(Socket socket, Duration patience) throws InterruptedException {
        Object payload = plan.binary() ? new byte[] {1, 2, 3} : "ping";
        return echoes(socket, plan.binary() ? "bin" : "echo", payload, patience);
    }

    private @Nullable String echoes(Socket socket, String event, Object payload, Duration patience)
            throws InterruptedException {
        try {
            Arguments answer = socket.call(event, patience, payload);
            Object first = answer.get(0);
            boolean same = (payload instanceof byte[] own && first instanceof byte[] bytes)
                    ? own.length == bytes.length
                    : payload.equals(first);
            return same
                    ? null
                    : "the server acknowledged \"" + event + "\" with a payload other than the one sent." + HELP;
        } catch (SocketIoException e) {
            return "the server did not acknowledge the event \"" + event + "\" within " + Units.length(patience)
                    + ", which the scenario " + plan.scenario().text() + " needs." + HELP;
        }
    }

    private @Nullable String checkEcho(Socket socket, String event, Duration patience) throws InterruptedException {
        CompletableFuture<Boolean> came = new CompletableFuture<>();
        socket.on(event, (args, ack) -> {
            if (args.get(0) instanceof String text && stamp.isOurs(text)) {
                came.complete(true);
            }
        });
        String text = stamp.write(System.nanoTime(), 0, Stamp.LENGTH);
        if (event.equals("room")) {
            socket.emit("room", "r0", text);
        } else {
            socket.emit("broadcast", text);
        }
        try {
            came.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return null;
        } catch (TimeoutException | ExecutionException e) {
            return "the server did not send the event \"" + event + "\" back within " + Units.length(patience)
                    + ", which the scenario " + plan.scenario().text() + " needs." + HELP;
        }
    }
}
