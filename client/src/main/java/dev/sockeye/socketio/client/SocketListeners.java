package dev.sockeye.socketio.client;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.ConnectErrorException;
import dev.sockeye.socketio.DisconnectDetails;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of a socket and their mailbox. Any thread. */
final class SocketListeners {
    private static final System.Logger LOG = System.getLogger(Socket.class.getName());

    /** What the server hears of a listener that throws: not the exception, which is the application's. */
    private static final String HANDLER_FAILED = "internal client error";

    private static final int MOST_COUNTED = 1 << 30;

    /** A listener that can be called with anything, and the object that the user knows it by. Two are never equal. */
    static final class Entry<H> {
        final Object key;
        final H handler;
        final boolean once;
        private final AtomicBoolean used = new AtomicBoolean();

        Entry(Object key, H handler, boolean once) {
            this.key = key;
            this.handler = handler;
            this.once = once;
        }

        boolean take() {
            return !once || used.compareAndSet(false, true);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    /** An event, in or out; counts in the mailbox, and is given up when the client is closed before it is handled. */
    private abstract static class Message extends Mailbox.Task {
        @Override
        protected boolean essential() {
            return false;
        }
    }

    private final Mailbox mailbox;
    private final Map<String, List<Entry<EventHandler>>> events = new ConcurrentHashMap<>();
    private final Map<String, List<CompletableFuture<Arguments>>> waiters = new ConcurrentHashMap<>();
    final List<AnyHandler> any = new CopyOnWriteArrayList<>();
    final List<AnyHandler> anyOutgoing = new CopyOnWriteArrayList<>();
    final List<Entry<ConnectHandler>> connects = new CopyOnWriteArrayList<>();
    final List<Entry<Consumer<ConnectErrorException>>> connectErrors = new CopyOnWriteArrayList<>();
    final List<Entry<DisconnectHandler>> disconnects = new CopyOnWriteArrayList<>();
    final List<Entry<Consumer<Throwable>>> errors = new CopyOnWriteArrayList<>();
    private final Consumer<Runnable> completions;

    SocketListeners(Mailbox mailbox, Consumer<Runnable> completions) {
        this.mailbox = mailbox;
        this.completions = completions;
    }

    /** Whether as much waits as may. */
    boolean congested() {
        return mailbox.full();
    }

    /** Whether, after that, enough has been handled to go on. */
    boolean relieved() {
        return mailbox.relieved();
    }

    /** Calls back in order with the listeners; also when the client is closed. */
    void callback(Runnable task) {
        mailbox.post(task);
    }

    /** As {@link #callback(Runnable)}, with an answer of that size. */
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

    void add(String event, Entry<EventHandler> entry) {
        events.compute(event, (name, list) -> {
            List<Entry<EventHandler>> all = list == null ? new CopyOnWriteArrayList<>() : list;
            all.add(entry);
            return all;
        });
    }

    /** Removes the first with that key, as the reference does. */
    void remove(String event, Object key) {
        events.computeIfPresent(event, (name, list) -> {
            for (Entry<EventHandler> entry : list) {
                if (entry.key == key) {
                    list.remove(entry);
                    break;
                }
            }
            return list.isEmpty() ? null : list;
        });
    }

    private void remove(String event, Entry<EventHandler> entry) {
        events.computeIfPresent(event, (name, list) -> {
            list.remove(entry);
            return list.isEmpty() ? null : list;
        });
    }

    void removeAll(String event) {
        events.remove(event);
    }

    List<Object> keys(String event) {
        List<Object> keys = new ArrayList<>();
        for (Entry<EventHandler> entry : events.getOrDefault(event, List.of())) {
            keys.add(entry.key);
        }
        return keys;
    }

    CompletableFuture<Arguments> next(String event) {
        CompletableFuture<Arguments> future = new CompletableFuture<>();
        waiters.compute(event, (name, list) -> {
            List<CompletableFuture<Arguments>> all = list == null ? new CopyOnWriteArrayList<>() : list;
            all.add(future);
            return all;
        });
        var unused = future.whenComplete((args, error) -> waiters.computeIfPresent(event, (name, list) -> {
            list.removeIf(known -> known == future);
            return list.isEmpty() ? null : list;
        }));
        return future;
    }

    /** Whether somebody waits for an event. */
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
        if (any.isEmpty() && !events.containsKey(event)) {
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
        for (AnyHandler handler : any) {
            guard(() -> handler.handle(event, args), null);
        }
        for (Entry<EventHandler> entry : events.getOrDefault(event, List.of())) {
            if (entry.take()) {
                if (entry.once) {
                    remove(event, entry);
                }
                guard(() -> entry.handler.handle(args, ack), ack);
            }
        }
    }

    void outgoing(Emission emission) {
        if (!anyOutgoing.isEmpty()) {
            Message message = new Message() {
                @Override
                protected void run() {
                    for (AnyHandler handler : anyOutgoing) {
                        guard(() -> handler.handle(emission.event(), emission.args()), null);
                    }
                }
            };
            mailbox.post(message, (int) Math.min(emission.size(), MOST_COUNTED));
        }
    }

    void connected(String id, boolean recovered) {
        // those of now: who adds one when a blocking connect returned is not told of that connect
        List<Entry<ConnectHandler>> known = List.copyOf(connects);
        mailbox.post(() -> {
            for (Entry<ConnectHandler> entry : known) {
                if (connects.contains(entry)) {
                    call(connects, entry, () -> entry.handler.handle(id, recovered));
                }
            }
        });
    }

    void connectError(ConnectErrorException error) {
        mailbox.post(() -> {
            for (Entry<Consumer<ConnectErrorException>> entry : connectErrors) {
                call(connectErrors, entry, () -> entry.handler.accept(error));
            }
        });
    }

    void disconnected(DisconnectReason reason, DisconnectDetails details) {
        mailbox.post(() -> {
            for (Entry<DisconnectHandler> entry : disconnects) {
                call(disconnects, entry, () -> entry.handler.handle(reason, details));
            }
        });
    }

    void error(Throwable error) {
        mailbox.post(() -> report(error));
    }

    private <H> void call(List<Entry<H>> entries, Entry<H> entry, Action action) {
        if (entry.take()) {
            if (entry.once) {
                entries.remove(entry);
            }
            guard(action, null);
        }
    }

    /** Runs a listener; one that throws answers the event with an error, so that the server does not wait. */
    private void guard(Action action, @Nullable Ack ack) {
        try {
            action.run();
        } catch (Throwable e) {
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (ack != null && ack.expected()) {
                answer(ack, e instanceof BindingException ? String.valueOf(e.getMessage()) : HANDLER_FAILED);
            }
            report(e);
        }
    }

    private void answer(Ack ack, String text) {
        try {
            ack.error(text);
        } catch (RuntimeException e) {
            report(e);
        }
    }

    private void report(Throwable error) {
        LOG.log(System.Logger.Level.WARNING, "a listener of a socket failed, or an event could not be sent", error);
        for (Entry<Consumer<Throwable>> entry : errors) {
            try {
                entry.handler.accept(error);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "the error listener itself failed", e);
            }
        }
    }
}
