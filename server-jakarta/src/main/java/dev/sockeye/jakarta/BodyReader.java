package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.HttpExchange.BodyListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** Reads a request body up to a limit, without blocking. */
final class BodyReader implements ReadListener {

    /**
     * How many bytes beyond the limit are read and discarded before the request is rejected. A container that closes a
     * connection with unread bytes may reset it before the client has read the response.
     */
    static final int MOST_DISCARDED = 1 << 20;

    private static final int FIRST = 4096;
    private static final int SMALLEST_COUNTED = 8 * 1024;

    private final SerialLoop loop;
    private final int limit;
    private final BodyListener listener;
    private final Consumer<Throwable> onFailure;
    private final LongPredicate receiving;
    private final AtomicBoolean done = new AtomicBoolean();
    private @Nullable ServletInputStream in;
    private byte[] data;
    private int size;
    private final AtomicInteger counted = new AtomicInteger();

    BodyReader(
            SerialLoop loop,
            int limit,
            int expected,
            BodyListener listener,
            Consumer<Throwable> onFailure,
            LongPredicate receiving) {
        this.receiving = receiving;
        this.onFailure = onFailure;
        this.loop = loop;
        this.limit = limit;
        this.listener = listener;
        // one byte above the limit is enough to detect a body that is too long
        data = new byte[Math.min(limit, expected > 0 ? Math.min(expected, SMALLEST_COUNTED - 2) : FIRST) + 1];
    }

    void start(ServletInputStream input) {
        in = input;
        input.setReadListener(this);
    }

    @Override
    public void onDataAvailable() throws IOException {
        ServletInputStream input = in;
        if (input == null) {
            return;
        }
        while (!done.get() && input.isReady()) {
            boolean discarding = size > limit;
            if (!discarding && size == data.length) {
                int room = (int) Math.min(limit + 1L, data.length * 2L);
                if (!count(room)) {
                    if (done.compareAndSet(false, true)) {
                        end();
                        loop.execute(listener::onBusy);
                    }
                    return;
                }
                data = Arrays.copyOf(data, room);
            }
            int from = discarding ? 0 : size;
            int read = input.read(data, from, data.length - from);
            if (read < 0) {
                onAllDataRead();
                return;
            }
            size += read;
            if (input.isFinished() || size - limit > MOST_DISCARDED) {
                onAllDataRead();
            }
        }
    }

    /** Reserves memory for the body; returns false if the limit of the server is exceeded. */
    private boolean count(int room) {
        int known = counted.get();
        int growth = room < SMALLEST_COUNTED ? 0 : room - known;
        if (growth <= 0 || !counted.compareAndSet(known, room)) {
            return true;
        }
        boolean allowed = receiving.test(growth);
        if (done.get()) {
            end(); // aborted concurrently
        }
        return allowed;
    }

    /** Discards the body. */
    private void end() {
        int known = counted.getAndSet(0);
        if (known > 0) {
            boolean unused = receiving.test(-known);
        }
    }

    @Override
    public void onAllDataRead() {
        if (done.compareAndSet(false, true)) {
            end();
            if (size > limit) {
                data = new byte[0];
                loop.execute(listener::onTooLarge);
                return;
            }
            byte[] body = size == data.length ? data : Arrays.copyOf(data, size);
            data = new byte[0];
            loop.execute(() -> listener.onBody(body));
        }
    }

    /** Called by the container if the connection is broken; some containers report this only here. */
    @Override
    public void onError(Throwable why) {
        abort();
        onFailure.accept(why);
    }

    void abort() {
        if (done.compareAndSet(false, true)) {
            end();
            loop.execute(listener::onAborted);
        }
    }
}
