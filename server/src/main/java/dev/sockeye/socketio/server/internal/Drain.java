package dev.sockeye.socketio.server.internal;

import dev.sockeye.engineio.EngineServer;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.socketio.server.ServerTimer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Disconnects the clients of a server one after another. Each session has a turn, at a random moment of its own share
 * of the time; the turn of a client that still owes an acknowledgement is postponed. The drain ends when no client is
 * left and no handler runs, or when the time is up.
 *
 * <p>States: running, ended. One timer task at a time drives it; fields that are not thread-safe belong to that task.
 */
final class Drain {
    private static final Logger LOG = System.getLogger(Drain.class.getName());

    /** The part of the time over which the turns are spread; the rest is for the handlers and acknowledgements of the last clients. */
    private static final double SPREAD = 0.8;

    /** The interval at which it checks the remaining clients. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final EngineServer engine;
    private final Namespaces namespaces;
    private final ServerTimer timer;
    private final DoubleSupplier random;
    private final long time;
    private final Runnable over;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    /** Sessions that have or had a turn. */
    private final Set<EngineSocket> planned = new HashSet<>();

    /** The clients in namespaces, as of the last lookup. */
    private final Map<EngineSocket, ClientCore> clients = new HashMap<>();

    /** Clients whose turn was postponed. */
    private final Queue<ClientCore> owing = new ConcurrentLinkedQueue<>();

    /** Clients whose turn waits for their handlers. */
    private final AtomicInteger leaving = new AtomicInteger();

    private List<EngineSocket> sessions = List.of();
    private long[] turns = {};
    private int next;
    private long deadline;
    private volatile EngineLoop.@Nullable Timer scheduled;
    private volatile boolean ended;

    /**
     * Creates a drain that has not started.
     *
     * @param random numbers from 0 (inclusive) to 1 (exclusive)
     * @param over closes the server, unless {@link #end} was called before
     */
    Drain(
            EngineServer engine,
            Namespaces namespaces,
            ServerTimer timer,
            Duration time,
            DoubleSupplier random,
            Runnable over) {
        this.engine = engine;
        this.namespaces = namespaces;
        this.timer = timer;
        this.random = random;
        this.time = time.toNanos();
        this.over = over;
    }

    /** The moments of the turns, in order, beginning at 0: each at random in its own share of the span. */
    static long[] turns(int count, long span, DoubleSupplier random) {
        long[] turns = new long[count];
        for (int i = 0; i < count; i++) {
            turns[i] = (long) ((i + random.getAsDouble()) / count * span);
        }
        return turns;
    }

    /** Starts; new sessions are refused already. */
    void start() {
        long now = timer.nanoTime();
        deadline = now + time;
        sessions = List.copyOf(engine.clients());
        turns = turns(sessions.size(), (long) (time * SPREAD), random);
        for (int i = 0; i < turns.length; i++) {
            turns[i] += now;
        }
        planned.addAll(sessions);
        String text = "draining " + sessions.size() + " sessions within " + Duration.ofNanos(time);
        LOG.log(Level.INFO, ServerLog.DRAIN_STARTED.text(text));
        schedule(Duration.ZERO);
    }

    /** Completes when the server is closed. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** The server is being closed: no more turns. */
    void end(CompletableFuture<Void> closed) {
        ended = true;
        EngineLoop.Timer last = scheduled;
        if (last != null) {
            last.cancel();
        }
        var unused = closed.whenComplete((none, error) -> {
            LOG.log(Level.INFO, ServerLog.DRAIN_ENDED.text("drained: the server is closed"));
            if (error == null) {
                done.complete(null);
            } else {
                done.completeExceptionally(error);
            }
        });
    }

    private void schedule(Duration delay) {
        EngineLoop.Timer made = timer.schedule(this::step, delay);
        scheduled = made;
        if (ended) {
            made.cancel();
        }
    }

    private void step() {
        if (ended) {
            return;
        }
        boolean finished;
        try {
            finished = giveTurns();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, ServerLog.DRAIN_FAILED.text("draining failed: the server is closed now"), e);
            finished = true;
        }
        if (finished) {
            over.run();
        }
    }

    /** Gives the turns that are due and plans the next step; returns whether nothing is left to do. */
    private boolean giveTurns() {
        long now = timer.nanoTime();
        if (deadline - now <= 0) {
            return true;
        }
        askAgain();
        boolean looked = false;
        while (next < turns.length && turns[next] - now <= 0) {
            looked = turn(sessions.get(next), looked);
            next++;
        }
        if (next == turns.length) {
            // sessions whose handshakes had been admitted when the drain began
            for (EngineSocket late : engine.clients()) {
                if (planned.add(late)) {
                    looked = turn(late, looked);
                }
            }
            // clients that had left before the drain began and whose handlers still run
            lookUp();
            for (ClientCore client : clients.values()) {
                if (planned.add(client.conn())) {
                    ask(client);
                }
            }
            if (nothingLeft()) {
                return true;
            }
        }
        long wait = deadline - now;
        if (next < turns.length) {
            wait = Math.min(wait, turns[next] - now);
        }
        if (next == turns.length || !owing.isEmpty()) {
            wait = Math.min(wait, PAUSE.toNanos());
        }
        schedule(Duration.ofNanos(wait));
        return false;
    }

    private void askAgain() {
        for (int left = owing.size(); left > 0; left--) {
            ClientCore client = owing.poll();
            if (client != null) {
                ask(client);
            }
        }
    }

    /**
     * Gives a session its turn.
     *
     * @param looked whether the clients have been looked up in this step
     * @return whether they have been now
     */
    private boolean turn(EngineSocket session, boolean looked) {
        ClientCore client = clients.get(session);
        boolean known = client != null || looked;
        if (!known) {
            lookUp();
            client = clients.get(session);
        }
        if (client == null) {
            session.close(); // it is in no namespace
        } else {
            ask(client);
        }
        return looked || !known;
    }

    private void lookUp() {
        clients.clear();
        for (NamespaceCore namespace : namespaces.cores()) {
            for (SocketCore socket : namespace.sockets()) {
                clients.put(socket.client().conn(), socket.client());
            }
        }
    }

    private void ask(ClientCore client) {
        if (client.owesAcks()) {
            owing.add(client);
            return;
        }
        leaving.incrementAndGet();
        client.mailbox().post(() -> {
            try {
                // a handler that ran before this may have asked for one
                if (client.owesAcks()) {
                    owing.add(client);
                } else {
                    client.leaveDrained();
                }
            } finally {
                leaving.decrementAndGet();
            }
        });
    }

    private boolean nothingLeft() {
        return engine.clientsCount() == 0 && leaving.get() == 0 && owing.isEmpty();
    }
}
