package dev.sockeye.socketio.adapter;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.Parser;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A namespace with sockets that have no connection. */
final class FakeNamespace implements AdapterNamespace {
    private final Map<String, FakeSocket> sockets = Collections.synchronizedMap(new LinkedHashMap<>());
    long now;
    Consumer<String> onServerSideEmit = event -> {};
    Executor executor = Runnable::run;

    @Nullable
    Runnable scheduled;

    @Nullable
    Duration recovery;

    private final List<Timer> timers = new ArrayList<>();

    private record Timer(Runnable task, Duration delay) {}

    FakeNamespace(String... ids) {
        for (String id : ids) {
            sockets.put(id, new FakeSocket(id));
        }
    }

    void remove(String id) {
        sockets.remove(id);
    }

    @Override
    public String name() {
        return "/";
    }

    @Override
    public Parser parser() {
        return JsonParser.create();
    }

    @Override
    public @Nullable LocalSocket socket(String id) {
        return sockets.get(id);
    }

    @Override
    public Collection<? extends LocalSocket> connectedSockets() {
        return sockets.values();
    }

    @Override
    public long nextAckId() {
        return 0;
    }

    @Override
    public void onServerSideEmit(String event, Arguments args, @Nullable Consumer<Arguments> ack) {
        onServerSideEmit.accept(event);
    }

    @Override
    public EngineLoop.Timer schedule(Runnable task, Duration delay) {
        scheduled = task;
        Timer timer = new Timer(task, delay);
        timers.add(timer);
        return () -> {
            scheduled = null;
            timers.remove(timer);
        };
    }

    @Override
    public @Nullable Duration recovery() {
        return recovery;
    }

    /** The number of timers that wait. */
    int timers() {
        return timers.size();
    }

    /** Runs the timers that were scheduled with this delay or a shorter one. */
    void runTimersUpTo(Duration delay) {
        for (Timer timer : List.copyOf(timers)) {
            if (timer.delay().compareTo(delay) <= 0 && timers.remove(timer)) {
                timer.task().run();
            }
        }
    }

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public Executor executor() {
        return task -> executor.execute(task);
    }

    private static final class FakeSocket implements LocalSocket {
        private final String id;
        private volatile boolean ownRoom;

        FakeSocket(String id) {
            this.id = id;
        }

        @Override
        public String id() {
            return id;
        }

        @Override
        public Map<String, @Nullable Object> handshakeDetails() {
            return Map.of();
        }

        @Override
        public Set<String> rooms() {
            return Set.of();
        }

        @Override
        public Map<String, Object> data() {
            return Map.of();
        }

        @Override
        public EngineSocket conn() {
            throw new UnsupportedOperationException();
        }

        @Override
        public boolean connected() {
            return true;
        }

        @Override
        public boolean inOwnRoom() {
            return ownRoom;
        }

        @Override
        public synchronized boolean ownRoom(boolean in) {
            boolean changed = ownRoom != in;
            ownRoom = in;
            return changed;
        }

        @Override
        public void notifyOutgoing(String event, Arguments args) {}

        @Override
        public boolean watchesOutgoing() {
            return false;
        }

        @Override
        public void expectAck(long ackId, Consumer<Arguments> ack) {}

        @Override
        public void forgetAck(long ackId) {}

        @Override
        public void join(String... rooms) {}

        @Override
        public void leave(String... rooms) {}

        @Override
        public void disconnect(String reason, boolean close) {}
    }
}
