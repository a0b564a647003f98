package dev.sockeye.socketio.client;

import dev.sockeye.socketio.client.engine.ClientLoop;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Carries commands of any thread to the loop, in order; the loop is woken once for all that came since. */
final class LoopInbox {
    private static final System.Logger LOG = System.getLogger(LoopInbox.class.getName());

    private final ClientLoop loop;
    private final Runnable before;
    private final Runnable after;
    private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** @param before called on the loop before a batch of commands, {@code after} behind it */
    LoopInbox(ClientLoop loop, Runnable before, Runnable after) {
        this.loop = loop;
        this.before = before;
        this.after = after;
    }

    /** Adds a command; {@code false} when the loop has ended, and the command will not run. */
    boolean add(Runnable command) {
        commands.add(command);
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                commands.clear();
                scheduled.set(false);
                return false;
            }
        }
        return true;
    }

    private void drain() {
        scheduled.set(false);
        before.run();
        try {
            Runnable command;
            while ((command = commands.poll()) != null) {
                try {
                    command.run();
                } catch (Throwable e) {
                    LOG.log(System.Logger.Level.ERROR, "a command of the client failed", e);
                }
            }
        } finally {
            after.run();
        }
    }
}
