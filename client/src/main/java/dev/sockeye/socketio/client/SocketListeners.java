package dev.sockeye.socketio.client;

import dev.sockeye.runtime.EventHandlers;
import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.Answers;
import dev.sockeye.socketio.AnyListener;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.HandlerErrors;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.UnknownEventHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** The handlers and listeners of a socket, and their mailbox. Any thread. */
final class SocketListeners implements HandlerErrors {
    /** Bytes that are counted for a packet that only listeners of the connection hear of: a server may repeat it. */
    private static final int COUNTED = 64;

    private static final System.Logger LOG = System.getLogger(Socket.class.getName());

    private static final int MOST_COUNTED = 1 << 30;

    private interface Action {
        void run() throws Exception;
    }

    /** An event, in or out. It counts in the mailbox, and is dropped when the client is closed before it was handled. */
    private abstract static class Message extends Mailbox.Task {
        @Override
        protected boolean essential() {
            return false;
        }
    }

    private final Mailbox mailbox;
    final EventHandlers handlers = new EventHandlers();
    private final Map<String, List<CompletableFuture<Arguments>>> waiters = new ConcurrentHashMap<>();
    final ListenerList<UnknownEventHandler> unknown = new ListenerList<>();
    final ListenerList<AnyListener> any = new ListenerList<>();
    final ListenerList<AnyListener> anyOutgoing = new ListenerList<>();
    final ListenerList<ConnectHandler> connects = new ListenerList<>();
    final ListenerList<ConnectErrorListener> connectErrors = new ListenerList<>();
    final ListenerList<DisconnectHandler> disconnects = new ListenerList<>();
    final ListenerList<ErrorListener> errors = new ListenerList<>();
    private final Consumer<Runnable> completions;

    SocketListeners(Mailbox mailbox, Consumer<Runnable> completions) {
        this.mailbox = mailbox;
        this.completions = completions;
    }

    /** Whether the mailbox is full. */
    boolean congested() {
        return mailbox.full();
    }

    /** Whether the mailbox, after it was full, has room again. */
    boolean relieved() {
        return mailbox.relieved();
    }

    /** Runs a callback in order with the handlers, also when the client is closed. */
    void callback(Runnable task) {
        mailbox.post(task);
    }

    /** As {@link #callback(Runnable)}, with an answer of this size. */
    void callback(Runnable task, int size) {
        mailbox.post(
                new Mailbox.Task() {
                    @Override
                    protected void run() {
                        task.run();
                    }
                },
                size);
    }

    /** @param abandoned called when the application no longer waits for the event */
    CompletableFuture<Arguments> next(String event, Runnable abandoned) {
        CompletableFuture<Arguments> future = new CompletableFuture<>();
        waiters.compute(event, (name, list) -> {
            List<CompletableFuture<Arguments>> all = list == null ? new CopyOnWriteArrayList<>() : list;
            all.add(future);
            return all;
        });
        var unused = future.whenComplete((args, error) -> {
            waiters.computeIfPresent(event, (name, list) -> {
                list.removeIf(known -> known == future);
                return list.isEmpty() ? null : list;
            });
            if (error != null) {
                abandoned.run();
            }
        });
        return future;
    }

    /** Whether the application waits for an event. */
    boolean isAwaited() {
        return !waiters.isEmpty();
    }

    void failWaiters(SocketIoException reason) {
        for (List<CompletableFuture<Arguments>> waiting : waiters.values()) {
            List<CompletableFuture<Arguments>> told = List.copyOf(waiting);
            completions.accept(() -> told.forEach(future -> future.completeExceptionally(reason)));
        }
    }

    /** @param size of the packet in bytes */
    void event(String event, Arguments args, Ack ack, int size) {
        List<CompletableFuture<Arguments>> waiting = waiters.get(event);
        if (waiting != null) {
            List<CompletableFuture<Arguments>> told = List.copyOf(waiting);
            completions.accept(() -> told.forEach(future -> future.complete(args)));
        }
        if (any.isEmpty() && unknown.isEmpty() && !handlers.has(event)) {
            if (waiting == null) {
                LOG.log(System.Logger.Level.DEBUG, "the event \"{0}\" has no handler", event);
            }
            return;
        }
        mailbox.post(
                new Message() {
                    @Override
                    protected void run() {
                        dispatch(event, args, ack);
                    }
                },
                size);
    }

    private void dispatch(String event, Arguments args, Ack ack) {
        for (ListenerList<AnyListener>.Entry entry : any.entries()) {
            guard(() -> entry.listener.onEvent(event, args));
        }
        if (handlers.call(event, args, ack, this)) {
            return;
        }
        for (ListenerList<UnknownEventHandler>.Entry entry : unknown.entries()) {
            try {
                entry.listener.handle(event, args, ack);
            } catch (Throwable e) {
                ack.error(Answers.INTERNAL_ERROR);
                failed(event, e);
            }
        }
    }

    void outgoing(Emission emission) {
        if (!anyOutgoing.isEmpty()) {
            Message message = new Message() {
                @Override
                protected void run() {
                    for (ListenerList<AnyListener>.Entry entry : anyOutgoing.entries()) {
                        guard(() -> entry.listener.onEvent(emission.event(), emission.args()));
                    }
                }
            };
            mailbox.post(message, (int) Math.min(emission.size(), MOST_COUNTED));
        }
    }

    void connected(String id, boolean recovered) {
        // the current listeners: one added after a blocking connect is not called for that connect
        List<ListenerList<ConnectHandler>.Entry> known = List.copyOf(connects.entries());
        callback(
                () -> {
                    for (ListenerList<ConnectHandler>.Entry entry : known) {
                        if (entry.isRegistered() && entry.take()) {
                            guard(() -> entry.listener.handle(id, recovered));
                        }
                    }
                },
                COUNTED);
    }

    void connectError(ConnectErrorException error) {
        callback(
                () -> {
                    for (ListenerList<ConnectErrorListener>.Entry entry : connectErrors.entries()) {
                        if (entry.take()) {
                            guard(() -> entry.listener.onConnectError(error));
                        }
                    }
                },
                COUNTED);
    }

    void disconnected(DisconnectReason reason, DisconnectDetails details) {
        mailbox.post(() -> {
            for (ListenerList<DisconnectHandler>.Entry entry : disconnects.entries()) {
                if (entry.take()) {
                    guard(() -> entry.listener.handle(reason, details));
                }
            }
        });
    }

    void error(Throwable error) {
        mailbox.post(() -> report(error));
    }

    @Override
    public void unbound(String event, BindingException error) {
        report(error);
    }

    @Override
    public void failed(String event, Throwable error) {
        if (error instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        report(error);
    }

    private void guard(Action action) {
        try {
            action.run();
        } catch (Throwable e) {
            failed("", e);
        }
    }

    private void report(Throwable error) {
        LOG.log(
                System.Logger.Level.WARNING,
                ClientLog.HANDLER_FAILED.text("a handler of a socket failed, or an event could not be sent"),
                error);
        for (ListenerList<ErrorListener>.Entry entry : errors.entries()) {
            try {
                entry.listener.onError(error);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, ClientLog.ERROR_LISTENER_FAILED.text("an error listener failed"), e);
            }
        }
    }
}
