package dev.sockeye.examples;

import static org.awaitility.Awaitility.await;

import io.socket.client.IO;
import io.socket.client.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** The official Java client, which records received events as {@code event [arguments]}. */
public final class Client implements AutoCloseable {
    public final Socket socket;
    public final List<String> received = new CopyOnWriteArrayList<>();
    public final CompletableFuture<String> refusal = new CompletableFuture<>();

    public Client(int port, Map<String, String> auth) {
        this(port, "/", auth);
    }

    /** A client of a namespace: the path may have a query. */
    public Client(int port, String path, Map<String, String> auth) {
        socket = IO.socket(
                URI.create("http://localhost:" + port + path),
                IO.Options.builder()
                        .setForceNew(true)
                        .setReconnectionDelay(200)
                        .setTransports(new String[] {"websocket"})
                        .setAuth(auth)
                        .build());
        socket.onAnyIncoming(
                args -> received.add(args[0] + " " + Arrays.toString(Arrays.copyOfRange(args, 1, args.length))));
        socket.on(Socket.EVENT_CONNECT_ERROR, args -> refusal.complete(String.valueOf(args[0])));
        socket.connect();
    }

    /** A client that is connected. */
    public static Client connected(int port) {
        Client client = new Client(port, Map.of());
        await().until(client.socket::connected);
        return client;
    }

    /** Emits an event and waits for its answer. */
    public String ask(String event, Object... args) throws Exception {
        CompletableFuture<String> answer = new CompletableFuture<>();
        socket.emit(event, args, values -> answer.complete(Arrays.toString(values)));
        return answer.get(10, TimeUnit.SECONDS);
    }

    public void receives(String line) {
        await().atMost(Duration.ofSeconds(10)).until(() -> received.contains(line));
    }

    @Override
    public void close() {
        socket.close();
    }
}
