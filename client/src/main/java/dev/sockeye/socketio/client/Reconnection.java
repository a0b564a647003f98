package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.transport.ClientLoop;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a lost connection is reopened: the settings, the number of attempts, the timer of the next one. Used on the loop only,
 * except for the volatile fields, which any thread may change.
 */
final class Reconnection {
    private final ClientLoop loop;
    private final Runnable attempt;
    private final Backoff backoff;

    volatile boolean enabled;
    volatile int maxAttempts;
    /** How long opening a connection may take; {@code null} for no limit. */
    volatile @Nullable Duration timeout;

    private boolean inProgress;
    /** Whether the connection was closed on purpose. */
    private boolean skip;

    private ClientLoop.@Nullable Timer timer;

    /** @param attempt opens the connection */
    Reconnection(ClientLoop loop, ClientOptions options, DoubleSupplier random, Runnable attempt) {
        this.loop = loop;
        this.attempt = attempt;
        this.enabled = options.reconnection();
        this.maxAttempts = options.reconnectionAttempts();
        this.timeout = options.timeout();
        this.backoff = new Backoff(
                Millis.of(options.reconnectionDelay()),
                Millis.of(options.reconnectionDelayMax()),
                options.randomizationFactor(),
                random);
    }

    /** The delays, whose settings any thread may change. */
    Backoff backoff() {
        return backoff;
    }

    /** Whether an attempt is scheduled or under way. */
    boolean inProgress() {
        return inProgress;
    }

    /** Whether a connection that ends now is reopened. */
    boolean wanted() {
        return enabled && !skip;
    }

    /** Whether an attempt to open the connection that fails is followed by another one. */
    boolean repeats() {
        return wanted() && maxAttempts > 0;
    }

    /** Whether the next attempt would be the first one. */
    boolean fresh() {
        return backoff.attempts() == 0;
    }

    /** Schedules the next attempt, unless one is scheduled; {@code false} if all attempts are used up. */
    boolean schedule() {
        if (inProgress || skip) {
            return true;
        }
        if (backoff.attempts() >= maxAttempts) {
            backoff.reset();
            return false;
        }
        inProgress = true;
        start(backoff.next());
        return true;
    }

    private void start(long millis) {
        timer = loop.schedule(
                () -> {
                    timer = null;
                    if (!skip) {
                        attempt.run();
                    }
                },
                millis,
                TimeUnit.MILLISECONDS);
    }

    /** Makes an attempt immediately, as the first one of a new series. */
    void now() {
        cancelTimer();
        backoff.reset();
        backoff.next();
        inProgress = true;
        attempt.run();
    }

    /** The attempt under way failed. */
    void attemptEnded() {
        inProgress = false;
    }

    /** The connection is open: returns the number of attempts that were needed, and forgets them. */
    int opened() {
        int attempts = backoff.attempts();
        inProgress = false;
        backoff.reset();
        return attempts;
    }

    /** The connection is being opened by a caller: a scheduled attempt is not needed, and if this fails, a new series begins. */
    void overtaken() {
        cancelTimer();
        inProgress = false;
        backoff.reset();
    }

    /** The connection is being opened; if it ends, it may be opened again. */
    void allow() {
        skip = false;
    }

    /** The connection is closed on purpose: no further attempts. */
    void stop() {
        skip = true;
        inProgress = false;
        cancelTimer();
    }

    void cancelTimer() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }
}
