package dev.sockeye.socketio.client;

import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.client.transport.ClientLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Passes commands from any thread to the loop, in order. The loop is woken once for several commands. No command is lost. */
final class LoopInbox {
    /** After that many commands, what they have written is sent, and other tasks of the loop run. */
    static final int MOST_TOGETHER = 1024;

    private static final System.Logger LOG = System.getLogger(LoopInbox.class.getName());

    /** A command for the loop. Exactly one of its methods is called. */
    @FunctionalInterface
    interface Command {
        void run();

        /** The loop has ended. Called on any thread. */
        default void refused() {}

        /** A command that fails a future when it is refused. */
        static Command of(Runnable action, CompletableFuture<?> future) {
            return new Command() {
                @Override
                public void run() {
                    action.run();
                }

                @Override
                public void refused() {
                    future.completeExceptionally(new SocketDisconnectedException(SocketCore.CLOSED));
                }
            };
        }
    }

    private final ClientLoop loop;
    private final Runnable before;
    private final Runnable after;
    private final ConcurrentLinkedQueue<Command> commands = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean scheduled = new AtomicBoolean();

    /** @param before called on the loop before a batch of commands, and {@code after} after it */
    LoopInbox(ClientLoop loop, Runnable before, Runnable after) {
        this.loop = loop;
        this.before = before;
        this.after = after;
    }

    void add(Command command) {
        commands.add(command);
        wake();
    }

    private void wake() {
        if (scheduled.compareAndSet(false, true)) {
            try {
                loop.execute(this::drain);
            } catch (RejectedExecutionException e) {
                refuseAll();
            }
        }
    }

    private void refuseAll() {
        do {
            Command command;
            while ((command = commands.poll()) != null) {
                try {
                    command.refused();
                } catch (Throwable e) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            ClientLog.COMMAND_FAILED.text("a command of the client failed"),
                            e);
                }
            }
            scheduled.set(false);
        } while (!commands.isEmpty() && scheduled.compareAndSet(false, true));
    }

    private void drain() {
        scheduled.set(false);
        before.run();
        try {
            Command command;
            for (int i = 0; i < MOST_TOGETHER && (command = commands.poll()) != null; i++) {
                try {
                    command.run();
                } catch (Throwable e) {
                    LOG.log(
                            System.Logger.Level.ERROR,
                            ClientLog.COMMAND_FAILED.text("a command of the client failed"),
                            e);
                }
            }
        } finally {
            try {
                after.run();
            } finally {
                if (!commands.isEmpty()) {
                    wake();
                }
            }
        }
    }
}
