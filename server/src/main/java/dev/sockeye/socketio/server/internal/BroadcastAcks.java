package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.runtime.AnswerFuture;
import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.Request;
import dev.sockeye.socketio.adapter.BroadcastFlags;
import dev.sockeye.socketio.adapter.BroadcastOptions;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects the answers to one broadcast. */
final class BroadcastAcks {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private final NamespaceCore namespace;
    private final Duration timeout;
    private final AnswerFuture<List<Arguments>> result = new AnswerFuture<>(this::abandon);
    private final List<Arguments> responses = new ArrayList<>();
    private int expectedServers = -1;
    private int servers;
    private int expectedClients;
    private boolean done;
    private EngineLoop.@Nullable Timer timer;
    private @Nullable Runnable forget;

    BroadcastAcks(NamespaceCore namespace, @Nullable Duration timeout) {
        this.namespace = namespace;
        this.timeout = timeout == null ? DEFAULT_TIMEOUT : timeout;
    }

    /**
     * Refuses to ask for an acknowledgement of an event that may be replaced, for which no acknowledgement would arrive.
     *
     * @throws IllegalStateException it may be replaced
     */
    static void check(BroadcastFlags flags) {
        if (flags.latest() != null) {
            throw new IllegalStateException("an event sent with latest(\"" + flags.latest()
                    + "\") may be replaced by a newer one, so it cannot ask for an acknowledgement: use emit");
        }
    }

    CompletableFuture<List<Arguments>> start(SocketPacket.Event packet, BroadcastOptions options) {
        EngineLoop.Timer started = namespace.context().schedule(this::onTimeout, timeout);
        synchronized (this) {
            timer = started;
        }
        Runnable cleanup;
        try {
            cleanup = namespace.adapter().broadcastWithAck(packet, options, this::onClientCount, this::onResponse);
        } catch (RuntimeException | Error e) {
            started.cancel();
            throw e;
        }
        boolean over;
        synchronized (this) {
            over = done;
            forget = cleanup;
        }
        if (over) {
            cleanup.run();
        }
        CompletableFuture<Integer> answering = options.flags().local()
                ? CompletableFuture.completedFuture(1)
                : namespace.adapter().answeringServers();
        var unused = answering.thenAccept(count -> {
            synchronized (this) {
                expectedServers = count;
            }
            check();
        }); // otherwise answers may be missing, and it fails after the timeout
        return result;
    }

    /** Converts the answers to a type. Completing or cancelling the result cancels the given future. */
    static <A> CompletableFuture<List<A>> typed(CompletableFuture<List<Arguments>> answers, Request<?, A> request) {
        return map(answers, all -> all.stream().map(request::answer).collect(Collectors.toCollection(ArrayList::new)));
    }

    /** Maps the answers. Completing or cancelling the result cancels the given future. */
    static <T> CompletableFuture<T> map(
            CompletableFuture<List<Arguments>> answers, Function<List<Arguments>, T> mapping) {
        AnswerFuture<T> mapped = new AnswerFuture<>(() -> answers.cancel(false));
        var unused = answers.thenApply(mapping).whenComplete((value, error) -> {
            if (error == null) {
                mapped.answer(value);
            } else {
                Throwable cause = error.getCause();
                mapped.fail(error instanceof CompletionException && cause != null ? cause : error);
            }
        });
        return mapped;
    }

    private void onClientCount(int count) {
        synchronized (this) {
            expectedClients += count;
            servers++;
        }
        check();
    }

    private void onResponse(Arguments response) {
        synchronized (this) {
            if (done) {
                return;
            }
            responses.add(response);
        }
        check();
    }

    private void check() {
        synchronized (this) {
            if (done || expectedServers < 0 || servers < expectedServers || responses.size() < expectedClients) {
                return;
            }
            done = true;
        }
        finish();
        List<Arguments> all = List.copyOf(responses);
        namespace.context().complete(() -> result.answer(all));
    }

    private void onTimeout() {
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
        }
        finish();
        AckTimeoutException error = new AckTimeoutException(responses);
        namespace.context().complete(() -> result.fail(error));
    }

    /** The application has cancelled or completed the future. */
    private void abandon() {
        synchronized (this) {
            if (done) {
                return;
            }
            done = true;
        }
        finish();
    }

    private void finish() {
        Runnable cleanup;
        EngineLoop.Timer running;
        synchronized (this) {
            cleanup = forget;
            running = timer;
            forget = null;
        }
        if (running != null) {
            running.cancel();
        }
        if (cleanup != null) {
            cleanup.run();
        }
    }
}
