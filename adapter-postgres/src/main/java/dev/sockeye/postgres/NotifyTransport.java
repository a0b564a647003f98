package dev.sockeye.postgres;

import dev.sockeye.socketio.adapter.cluster.ClusterHealth;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A transport over the channels and the table of {@code @socket.io/postgres-adapter}. */
sealed class NotifyTransport implements ClusterTransport permits DurableTransport {
    final Link link;
    private final @Nullable MessageNumbers numbers;
    private final String channel;
    private volatile @Nullable Receiver receiver;
    private volatile Link.@Nullable Running running;

    NotifyTransport(Link link, String namespace) {
        this(link, namespace, new MessageNumbers());
    }

    /** @param numbers {@code null} if its messages have no numbers */
    NotifyTransport(Link link, String namespace, @Nullable MessageNumbers numbers) {
        this.link = link;
        this.numbers = numbers;
        this.channel = link.options().channel(namespace);
    }

    final Receiver receiver() {
        Receiver given = receiver;
        if (given == null) {
            throw new IllegalStateException("not started");
        }
        return given;
    }

    final String name() {
        return receiver().namespace().name();
    }

    final boolean isOwn(@Nullable String uid) {
        return receiver().uid().equals(uid);
    }

    /** The shared resources; {@code null} if the transport is closed. */
    final Link.@Nullable Running running() {
        return running;
    }

    @Override
    public CompletableFuture<Void> start(Receiver given) {
        receiver = given;
        if (numbers != null) {
            numbers.restart();
        }
        Link.Running started = link.retain();
        running = started;
        return started.listener().add(channel, this);
    }

    @Override
    public CompletableFuture<Void> close() {
        Link.Running ended = running;
        if (ended == null) {
            return CompletableFuture.completedFuture(null);
        }
        running = null;
        ended.listener().remove(channel, this);
        return link.release();
    }

    @Override
    public ClusterHealth health() {
        return link.health();
    }

    @Override
    public void publish(ClusterMessage message, Consumer<@Nullable String> local) {
        try {
            notify(message);
        } finally {
            local.accept(null);
        }
    }

    @Override
    public void respond(String requester, ClusterMessage.Response response) {
        notify(response);
    }

    /** Sends a message to all other servers immediately. */
    final void notify(ClusterMessage message) {
        Link.Running now = running;
        if (now != null) {
            var unused = now.sender()
                    .send(List.of(Notice.of(message, link.options(), numbers)))
                    .exceptionally(error -> null); // the failure was already counted
        }
    }

    /** Notes the number of a notification from another server, on the listening thread. */
    final void onNumber(String uid, long number) {
        if (numbers != null) {
            long missed = numbers.missedBefore(uid, number);
            if (missed > 0) {
                link.countMissed(missed);
            }
        }
    }

    /** Handles a message from another server, on the listening thread. */
    void onMessage(@Nullable ClusterMessage message) {
        if (message != null) {
            if (numbers != null && message instanceof ClusterMessage.AdapterClose) {
                numbers.forget(message.uid());
            }
            receiver().onMessage(message, null);
        }
    }
}
