package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.cluster.ClusterTransport;
import dev.sockeye.verification.interleaving.Scenario;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.RedisException;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.PipelinedRedisFuture;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.lang.reflect.Field;
import java.lang.reflect.Proxy;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Two threads add entries; one is Redis, which accepts them, and in some runs loses the connection once, before or after it has
 * taken one; one is the timers and reads the stream.
 */
public final class StreamAppenderScenario implements Scenario, RedisConnections {
    private static final int EACH = 4;
    private static final Logger LOGGER = Logger.getLogger(RedisLink.class.getName());
    private static int scenarios;

    static {
        LOGGER.setLevel(Level.OFF); // it warns of each lost connection
    }

    private record Command(Object[] fields, CompletableFuture<String> answer) {}

    private record Stored(String id, Map<String, String> fields) {}

    private final int kind = scenarios++;
    /** Which command loses the connection; 0 for none. */
    private final int losing = kind % 3 == 0 ? 0 : 1 + kind / 3 % 5;

    private final boolean takenBeforeLoss = kind % 3 == 1;
    private final Queue<Command> commands = new ArrayDeque<>();
    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final List<Stored> stream = new ArrayList<>();
    private final RedisLink link = new RedisLink((resources, watcher, unused) -> this);
    private final StreamAppender appender = new StreamAppender(link, "stream", RedisStreamsAdapterOptions.defaults());
    private final Map<String, Integer> ran = new HashMap<>();
    private int lastOf;
    private volatile boolean open = true;
    private int connections;
    private boolean delivering;
    private int taken;
    private int read;
    private boolean lost;

    public StreamAppenderScenario() {
        set(link, "wires", this);
        set(link, "threads", new RedisThreads(null, null, fakeTimers()));
        StreamsTransport transport = new StreamsTransport(link, appender, RedisStreamsAdapterOptions.defaults());
        set(transport, "receiver", receiver());
        var unused = appender.reader().add("/", transport);
        set(appender.reader(), "last", StreamIds.START);
    }

    private static ClusterTransport.Receiver receiver() {
        return (ClusterTransport.Receiver) Proxy.newProxyInstance(
                StreamAppenderScenario.class.getClassLoader(),
                new Class<?>[] {ClusterTransport.Receiver.class},
                (proxy, method, args) -> "me");
    }

    private static void set(Object of, String name, Object value) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            field.set(of, value);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    private ScheduledExecutorService fakeTimers() {
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "schedule" -> {
                        timers.add((Runnable) args[0]);
                        yield noFuture();
                    }
                    case "isShutdown" -> false;
                    default -> throw new AssertionError(method);
                });
    }

    private static ScheduledFuture<?> noFuture() {
        return (ScheduledFuture<?>) Proxy.newProxyInstance(
                StreamAppenderScenario.class.getClassLoader(),
                new Class<?>[] {ScheduledFuture.class},
                (proxy, method, args) -> null);
    }

    // the actions of the threads

    @Override
    public List<Runnable> threads() {
        return List.of(() -> add(0), () -> add(1), this::redis, this::timers);
    }

    private void add(int sender) {
        for (int i = 1; i <= EACH; i++) {
            int number = i;
            String name = sender + "-" + number;
            boolean ordered = sender == 0 || i != 2;
            appender.add(Map.of("name", name, "nsp", "/", "uid", "me"), ordered, offset -> {
                ran.merge(name, 1, Integer::sum);
                if (ordered && !lost) {
                    check(!delivering, "two entries are run at a time");
                    check(sender == 1 || ++lastOf == number, "an entry ran out of order: " + name);
                    delivering = true;
                    link.nanoTime(); // a step
                    delivering = false;
                }
            });
        }
    }

    private void redis() {
        for (int i = 0; i < 16; i++) {
            takeOne();
            link.nanoTime(); // a step
        }
    }

    private void takeOne() {
        Command command = commands.poll();
        if (command == null) {
            return;
        }
        if (++taken == losing) {
            lost = true;
            open = false;
            connections++;
            if (takenBeforeLoss) {
                store(command);
            }
            command.answer.completeExceptionally(new RedisException("the connection is lost"));
            for (Command other = commands.poll(); other != null; other = commands.poll()) {
                other.answer.completeExceptionally(new RedisException("the connection is lost"));
            }
            link.onDisconnected("expected in the log of this test");
            link.nanoTime(); // a step
            open = true;
            link.onConnected();
            return;
        }
        command.answer.complete(store(command));
    }

    private String store(Command command) {
        Map<String, String> fields = new HashMap<>();
        for (int i = 0; i < command.fields.length; i += 2) {
            fields.put(RedisLink.text((byte[]) command.fields[i]), RedisLink.text((byte[]) command.fields[i + 1]));
        }
        String id = (stream.size() + 1) + "-0";
        stream.add(new Stored(id, fields));
        return id;
    }

    private void timers() {
        for (int i = 0; i < 24; i++) {
            timer();
            readOne();
            link.nanoTime(); // a step
        }
    }

    private void timer() {
        Runnable due = timers.poll();
        if (due != null) {
            due.run();
        }
    }

    private void readOne() {
        if (read < stream.size()) {
            Stored entry = stream.get(read++);
            StreamEntry own = appender.returned(String.valueOf(entry.fields.get(StreamAppender.NUMBER)));
            if (own != null) {
                own.run(entry.id);
            }
            set(appender.reader(), "last", entry.id);
        }
    }

    @Override
    public void check() {
        for (int i = 0; i < 1_000; i++) {
            timer();
            takeOne();
            readOne();
        }
        for (int sender = 0; sender < 2; sender++) {
            int last = 0;
            for (Stored entry : stream) {
                String[] name = String.valueOf(entry.fields.get("name")).split("-", -1);
                if (name[0].equals(String.valueOf(sender))) {
                    check(Integer.parseInt(name[1]) == ++last, "the stream has " + stream);
                }
            }
            check(last == EACH, "the stream has " + stream);
            for (int i = 1; i <= EACH; i++) {
                check(ran.getOrDefault(sender + "-" + i, 0) == 1, "not run once each: " + ran);
            }
        }
        check(appender.queued() == 0 && appender.bytes() == 0, "left " + appender.queued() + ", " + appender.bytes());
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new AssertionError(message);
        }
    }

    // Redis as seen by the link

    @Override
    @SuppressWarnings("unchecked")
    public @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands() {
        int connection = connections; // reconnecting takes longer than calling the object returned here
        return (RedisClusterAsyncCommands<byte[], byte[]>) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {RedisClusterAsyncCommands.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "xadd" -> new PipelinedRedisFuture<>(added(connection, (Object[]) args[2]));
                    case "xrevrange" -> new PipelinedRedisFuture<>(range((Range<String>) args[1], (Limit) args[2]));
                    default -> throw new AssertionError(method);
                });
    }

    private CompletableFuture<String> added(int connection, Object[] fields) {
        if (!open || connection != connections) {
            return CompletableFuture.failedFuture(new RedisException("not connected"));
        }
        Command command = new Command(fields, new CompletableFuture<>());
        commands.add(command);
        return command.answer;
    }

    private CompletableFuture<List<StreamMessage<byte[], byte[]>>> range(Range<String> from, Limit limit) {
        String first = String.valueOf(from.getLower().getValue());
        List<StreamMessage<byte[], byte[]>> found = new ArrayList<>();
        for (Stored entry : stream) {
            if (StreamIds.compare(entry.id, first) >= 0 && found.size() < limit.getCount()) {
                IdentityHashMap<byte[], byte[]> body = new IdentityHashMap<>();
                entry.fields.forEach((name, value) -> body.put(RedisLink.bytes(name), RedisLink.bytes(value)));
                found.add(0, new StreamMessage<>(RedisLink.bytes("stream"), entry.id, body));
            }
        }
        return CompletableFuture.completedFuture(found);
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public CompletableFuture<Void> open() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Dedicated> dedicated() {
        return new CompletableFuture<>();
    }

    @Override
    public CompletableFuture<Void> subscribe(Topic topic) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Void> unsubscribe(Topic topic) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletableFuture<Integer> subscribers(Kind of, String channel) {
        return CompletableFuture.completedFuture(1);
    }

    @Override
    public CompletableFuture<Void> close() {
        return CompletableFuture.completedFuture(null);
    }
}
