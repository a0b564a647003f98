package dev.sockeye.socketio.client;

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

    /** A listener that can be called with anything, and the object that the user knows it by. */
    record Entry<H>(Object key, H handler, boolean once, AtomicBoolean used) {
        Entry(Object key, H handler, boolean once) {
            this(key, handler, once, new AtomicBoolean());
        }

        boolean take() {
            return !once || used.compareAndSet(false, true);
        }
    }

    private final Mailbox mailbox;
    private final Map<String, List<Entry<EventHandler>>> events = new ConcurrentHashMap<>();
    private final Map<String, List<CompletableFuture<Arguments>>> waiters = new ConcurrentHashMap<>();
    final List<AnyHandler> any = new CopyOnWriteArrayList<>();
    final List<AnyHandler> anyOutgoing = new CopyOnWriteArrayList<>();
    final List<Entry<Runnable>> connects = new CopyOnWriteArrayList<>();
    final List<Entry<Consumer<ConnectErrorException>>> connectErrors = new CopyOnWriteArrayList<>();
    final List<Entry<DisconnectHandler>> disconnects = new CopyOnWriteArrayList<>();
    final List<Consumer<Throwable>> errors = new CopyOnWriteArrayList<>();
    private final Consumer<Runnable> completions;

    SocketListeners(Mailbox mailbox, Consumer<Runnable> completions) {
        this.mailbox = mailbox;
        this.completions = completions;
    }

    boolean congested() {
        return mailbox.full();
    }

    void run(Runnable task) {
        mailbox.add(task);
    }

    void add(String event, Entry<EventHandler> entry) {
        events.compute(event, (name, list) -> {
            List<Entry<EventHandler>> all = list == null ? new CopyOnWriteArrayList<>() : list;
            all.add(entry);
            return all;
        });
    }

    void remove(String event, Object key) {
        events.computeIfPresent(event, (name, list) -> {
            list.removeIf(entry -> entry.key() == key);
            return list.isEmpty() ? null : list;
        });
    }

    void removeAll(String event) {
        events.remove(event);
    }

    List<Object> keys(String event) {
        List<Object> keys = new ArrayList<>();
        for (Entry<EventHandler> entry : events.getOrDefault(event, List.of())) {
            keys.add(entry.key());
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

    void event(String event, Arguments args, Ack ack) {
        List<CompletableFuture<Arguments>> waiting = waiters.get(event);
        if (waiting != null) {
            List<CompletableFuture<Arguments>> told = List.copyOf(waiting);
            completions.accept(() -> told.forEach(future -> future.complete(args)));
        }
        if (any.isEmpty() && !events.containsKey(event)) {
            return;
        }
        mailbox.add(() -> dispatch(event, args, ack));
    }

    private void dispatch(String event, Arguments args, Ack ack) {
        for (AnyHandler handler : any) {
            guard(() -> handler.handle(event, args), ack);
        }
        for (Entry<EventHandler> entry : events.getOrDefault(event, List.of())) {
            if (entry.take()) {
                if (entry.once()) {
                    remove(event, entry.key());
                }
                guard(() -> entry.handler().handle(args, ack), ack);
            }
        }
    }

    void outgoing(String event, Arguments args) {
        if (!anyOutgoing.isEmpty()) {
            mailbox.add(() -> {
                for (AnyHandler handler : anyOutgoing) {
                    guard(() -> handler.handle(event, args), null);
                }
            });
        }
    }

    void connected() {
        // those of now: who adds one when a blocking connect returned is not told of that connect
        List<Entry<Runnable>> known = List.copyOf(connects);
        mailbox.add(() -> {
            for (Entry<Runnable> entry : known) {
                if (connects.contains(entry) && entry.take()) {
                    if (entry.once()) {
                        connects.remove(entry);
                    }
                    guard(entry.handler()::run, null);
                }
            }
        });
    }

    void connectError(ConnectErrorException error) {
        mailbox.add(() -> each(connectErrors, handler -> handler.accept(error)));
    }

    void disconnected(DisconnectReason reason, CloseDetails details) {
        mailbox.add(() -> each(disconnects, handler -> handler.handle(reason, details)));
    }

    void error(Throwable error) {
        mailbox.add(() -> report(error));
    }

    private interface Call<H> {
        void with(H handler) throws Exception;
    }

    private interface Action {
        void run() throws Exception;
    }

    private <H> void each(List<Entry<H>> entries, Call<H> call) {
        for (Entry<H> entry : List.copyOf(entries)) {
            if (entry.take()) {
                if (entry.once()) {
                    entries.remove(entry);
                }
                guard(() -> call.with(entry.handler()), null);
            }
        }
    }

    private void guard(Action action, @Nullable Ack ack) {
        try {
            action.run();
        } catch (BindingException e) {
            if (ack != null && ack.expected()) {
                ack.error(String.valueOf(e.getMessage()));
            }
            report(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            report(e);
        } catch (Throwable e) {
            report(e);
        }
    }

    private void report(Throwable error) {
        LOG.log(System.Logger.Level.WARNING, "a listener of a socket failed, or an event could not be sent", error);
        for (Consumer<Throwable> handler : errors) {
            try {
                handler.accept(error);
            } catch (Throwable e) {
                LOG.log(System.Logger.Level.ERROR, "the error listener itself failed", e);
            }
        }
    }
}
