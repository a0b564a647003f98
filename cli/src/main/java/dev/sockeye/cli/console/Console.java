package dev.sockeye.cli.console;

import dev.sockeye.cli.console.Screen.Kind;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A conversation with a server: shows received events and sends the given lines. */
final class Console {
    /** The source of input lines. */
    interface Lines {
        /** Returns the next line, or {@code null} at the end of the input. */
        @Nullable
        String next() throws IOException, InterruptedException;
    }

    private final Screen screen;
    private final Consumer<String> names;
    private final Duration patience;
    private final Map<Long, CompletableFuture<Void>> asked = new ConcurrentHashMap<>();
    private long asks;
    private volatile boolean failed;
    private volatile boolean over;
    // accessed only by listeners, which run one at a time
    private boolean everConnected;
    private @Nullable String lastError;

    /** @param names receives the name of each incoming event */
    Console(Screen screen, Consumer<String> names, Duration patience) {
        this.screen = screen;
        this.names = names;
        this.patience = patience;
    }

    /**
     * Connects and sends all lines. Returns true if the connection was established and, if {@code toTheEnd} is set, nothing failed.
     *
     * @param opener creates the socket, and lets its argument add the listeners before anything can happen
     * @param toTheEnd whether to wait for the requested acknowledgements
     */
    boolean run(Function<Consumer<Socket>, Socket> opener, Lines lines, boolean toTheEnd)
            throws IOException, InterruptedException {
        Socket socket = opener.apply(this::listen);
        try {
            socket.connectBlocking(patience);
        } catch (SocketIoException e) {
            screen.show(Kind.TROUBLE, ConnectCommand.reason(e));
            screen.end();
            return false;
        }
        for (String text = lines.next(); text != null; text = lines.next()) {
            if (!text.isBlank()) {
                try {
                    send(socket, text.strip());
                } catch (IllegalArgumentException | BindingException e) {
                    trouble(String.valueOf(e.getMessage()));
                } catch (SocketIoException e) {
                    trouble(ConnectCommand.reason(e));
                }
            }
        }
        if (toTheEnd) {
            sendRest(socket);
            CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
                    .join();
        }
        screen.end();
        return !toTheEnd || !failed;
    }

    /** Lines of a pipe may still wait for a connection that was lost. */
    private void sendRest(Socket socket) throws InterruptedException {
        if (socket.connected() || socket.sendBufferSize() == 0) {
            return;
        }
        try {
            socket.connectBlocking(patience);
        } catch (SocketIoException e) {
            trouble("not all lines were sent: " + ConnectCommand.reason(e));
        }
    }

    private void trouble(String text) {
        failed = true;
        screen.show(Kind.TROUBLE, text);
    }

    private void listen(Socket socket) {
        socket.onConnect(() -> {
            over = false;
            everConnected = true;
            lastError = null;
            screen.show(Kind.UP, "connected as " + socket.id() + (socket.recovered() ? " (recovered)" : ""));
        });
        socket.onDisconnect((reason, details) -> {
            over = reason == DisconnectReason.IO_SERVER_DISCONNECT;
            String more = details.description();
            screen.show(
                    Kind.DOWN,
                    "disconnected: " + reason.text() + (more.isEmpty() ? "" : " (" + more + ")")
                            + (over ? "; type a line to reconnect" : ""));
        });
        socket.io().onReconnectAttempt(n -> screen.show(Kind.DOWN, "connecting again, try " + n));
        socket.onConnectError(this::notConnected);
        socket.onAny((event, args) -> {
            if (event.equals(DisconnectDetails.REASON_EVENT)) {
                return; // shown when the socket disconnects
            }
            names.accept(event);
            screen.show(Kind.EVENT, Line.typed(event) + " " + Line.show(args));
        });
    }

    /** {@link #run} reports the first refusal; an error that repeats is shown once. */
    private void notConnected(ConnectErrorException error) {
        String reason = ConnectCommand.reason(error);
        if (error.refused()) {
            over = true;
            if (everConnected) {
                screen.show(Kind.TROUBLE, reason + "; type a line to reconnect");
            }
        } else if (!reason.equals(lastError)) {
            screen.show(Kind.TROUBLE, reason);
        }
        lastError = reason;
    }

    private void send(Socket socket, String text) {
        boolean ask = text.startsWith("?");
        Line line = Line.parse(ask ? text.substring(1) : text);
        if (over) {
            socket.connect();
        }
        if (!ask) {
            socket.emit(line.event(), line.array());
            return;
        }
        CompletableFuture<Void> settled = new CompletableFuture<>();
        long number = asks++;
        asked.put(number, settled);
        socket.timeout(patience).emit(line.event(), Arguments.of(line.array()), (error, answer) -> {
            try {
                if (error == null) {
                    screen.show(Kind.ANSWER, Line.typed(line.event()) + " " + Line.show(answer));
                } else {
                    trouble(ConnectCommand.reason(error, line.event()));
                }
            } catch (RuntimeException e) {
                trouble("the acknowledgement of " + line.event() + " cannot be shown: " + e);
            } finally {
                asked.remove(number);
                settled.complete(null);
            }
        });
    }
}
