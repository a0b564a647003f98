package dev.sockeye.adapter.tck;

import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.socketio.protocol.DecodeException;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The example of docs/write-an-adapter.md: one namespace of one server, over NATS. */
final class NatsTransport implements ClusterTransport {
    private final String url;
    private final AtomicLong lost = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private volatile @Nullable Receiver receiver;
    private volatile @Nullable Connection connection;
    private volatile boolean closed;

    NatsTransport(String url) {
        this.url = url;
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        CompletableFuture<Void> started = new CompletableFuture<>();
        Thread thread = new Thread(() -> connect(given, started), "nats-connect");
        thread.setDaemon(true);
        thread.start();
        return started;
    }

    private void connect(Receiver given, CompletableFuture<Void> started) {
        Options options = Options.builder()
                .server(url)
                .noEcho() // this server does not receive its own messages
                .ignoreDiscoveredServers()
                .maxReconnects(-1)
                .reconnectWait(Duration.ofMillis(200))
                .pingInterval(Duration.ofSeconds(1))
                .build();
        try {
            Connection made = Nats.connectReconnectOnConnect(options);
            connection = made;
            made.createDispatcher(this::receive).subscribe(subject("all")).subscribe(subject(given.uid()));
            made.flush(Duration.ofSeconds(5));
            started.complete(null);
        } catch (IOException | java.util.concurrent.TimeoutException e) {
            started.completeExceptionally(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String subject(String last) {
        Receiver given = receiver;
        String name = given == null ? "" : given.namespace().name();
        return "sio."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8)) + "."
                + last;
    }

    private void receive(Message message) {
        Receiver given = receiver;
        try {
            ClusterMessage decoded = ClusterCodec.decode(message.getData());
            if (decoded != null && given != null && !closed) {
                given.onMessage(decoded, null);
            }
        } catch (DecodeException e) {
            refused.incrementAndGet();
        }
    }

    private void send(String subject, ClusterMessage message) {
        Connection now = connection;
        try {
            if (now != null) {
                now.publish(subject, ClusterCodec.encode(message));
                return;
            }
        } catch (IllegalStateException e) {
            // closed, or too much waits
        }
        lost.incrementAndGet();
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        try {
            send(subject("all"), message);
        } finally {
            local.accept(null);
        }
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
        send(subject(requester), response);
    }

    @Override
    public ClusterHealth health() {
        Connection now = connection;
        boolean up = now != null && now.getStatus() == Connection.Status.CONNECTED;
        return new ClusterHealth(up, up ? null : "NATS is not connected", 0, lost.get(), refused.get());
    }

    @Override
    public CompletableFuture<Void> close() {
        closed = true;
        Connection now = connection;
        return now == null ? CompletableFuture.completedFuture(null) : CompletableFuture.runAsync(() -> end(now));
    }

    private static void end(Connection now) {
        try {
            now.flush(Duration.ofSeconds(1));
            now.close();
        } catch (java.util.concurrent.TimeoutException e) {
            // NATS is away
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
