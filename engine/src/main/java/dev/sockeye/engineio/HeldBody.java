package dev.sockeye.engineio;

import dev.sockeye.engineio.host.NodeForward;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow.Subscription;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The response body of another server, counted while it is in memory. The HTTP client calls it from one thread at a
 * time.
 */
final class HeldBody implements BodySubscriber<byte[]> {
    private final NodeForward forward;
    private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(0);
    private final AtomicLong held = new AtomicLong();
    private @Nullable Subscription subscription;
    private volatile boolean refused;
    private volatile boolean released;

    HeldBody(NodeForward forward) {
        this.forward = forward;
    }

    @Override
    public CompletionStage<byte[]> getBody() {
        return whole;
    }

    @Override
    public void onSubscribe(Subscription given) {
        subscription = given;
        given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> items) {
        for (ByteBuffer item : items) {
            int size = item.remaining();
            held.addAndGet(size);
            if (refused || !forward.hold(size)) {
                refused = true;
                if (subscription != null) {
                    subscription.cancel();
                }
                whole.completeExceptionally(new IOException("the response exceeds the limit of memory"));
                break;
            }
            byte[] part = new byte[size];
            item.get(part);
            bytes.writeBytes(part);
        }
        if (released) {
            release();
        }
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(error);
    }

    @Override
    public void onComplete() {
        whole.complete(bytes.toByteArray());
    }

    /** Whether the memory limit was exceeded. */
    boolean refused() {
        return refused;
    }

    /** Stops counting the body and anything that is still received. */
    void release() {
        released = true;
        long size = held.getAndSet(0);
        if (size > 0) {
            forward.hold(-size);
        }
    }
}
