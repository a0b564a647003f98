package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Stamp;
import dev.sockeye.cli.load.report.Metrics;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.client.netty.NettyClientTransport;
import io.netty.channel.EventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread of the load and its users. Everything that concerns a user happens on this thread: the client's listeners and
 * acknowledgements run on its only event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the loop outlives its tasks
public final class Worker {
    private static final long STEP_MILLIS = 5;
    private static final int BATCH = 256;
    private static final long SHORTEST_WAIT_NANOS = 100_000;

    private final UserFactory cast;
    private final LoadPlan plan;
    private final Metrics metrics;
    private final int index;
    private final MultiThreadIoEventLoopGroup group;
    private final EventLoop loop;
    private final SocketIoClient client;
    private final Object payload;
    private final long connectNanos;

    private final List<User> users = new ArrayList<>();
    private final List<User> senders = new ArrayList<>();
    private volatile boolean loading;
    private volatile boolean closing;
    private volatile boolean allOpened;
    private volatile long threadId = -1;
    private long rampStart;
    private long paceStart;
    private long paced;
    private int turn;

    public Worker(UserFactory cast, int index) {
        this.cast = cast;
        this.plan = cast.plan();
        this.metrics = cast.metrics();
        this.index = index;
        IoHandlerFactory factory = Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("sockeye-load", true), factory);
        this.loop = (EventLoop) group.next();
        this.client = SocketIoClient.builder()
                .transport(NettyClientTransport.builder().eventLoopGroup(group).build())
                .executor(this::onLoop)
                .build();
        this.payload = cast.payload();
        Duration timeout = plan.options().timeout();
        this.connectNanos = timeout == null ? Long.MAX_VALUE : timeout.toNanos();
    }

    /** Runs a task immediately if called on the loop, otherwise submits it to the loop. */
    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            loop.execute(task);
        }
    }

    LoadPlan plan() {
        return plan;
    }

    Metrics metrics() {
        return metrics;
    }

    SocketIoClient client() {
        return client;
    }

    EventLoop loop() {
        return loop;
    }

    Object payload() {
        return payload;
    }

    Stamp stamp() {
        return cast.stamp();
    }

    Audience audience(int number) {
        return cast.audience(number);
    }

    long connectNanos() {
        return connectNanos;
    }

    /** Whether users should continue to send. */
    boolean isLoading() {
        return loading;
    }

    /** Whether the run is ending, so that disconnects are no longer errors. */
    boolean isClosing() {
        return closing;
    }

    /** Whether all connection attempts were started. */
    public boolean allOpened() {
        return allOpened;
    }

    /** The id of the loop's thread; -1 before it has run. */
    public long threadId() {
        return threadId;
    }

    /** Starts to connect the users. */
    public void open() {
        loop.execute(() -> {
            threadId = Thread.currentThread().getId();
            rampStart = System.nanoTime();
            if (plan.script() == null) {
                ramp();
            } else {
                loading = true;
                new UserPool(this, cast, index).begin();
            }
            sweep();
        });
    }

    private void ramp() {
        long now = System.nanoTime();
        double interval = 1e9 * plan.threads() / plan.ramp();
        int begun = 0;
        while (!closing && users.size() < share() && begun < BATCH) {
            long due = rampStart + (long) (users.size() * interval);
            if (due > now) {
                break;
            }
            User user = cast.user(this, index + users.size() * plan.threads());
            users.add(user);
            if (user.sends()) {
                senders.add(user);
            }
            user.open(due);
            begun++;
        }
        if (closing || users.size() >= share()) {
            allOpened = true;
        } else if (begun == BATCH) {
            loop.execute(this::ramp);
        } else {
            loop.schedule(this::ramp, STEP_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    /** The number of users of this worker. */
    private int share() {
        return share(plan.connections());
    }

    /** This worker's share of a number of users. */
    int share(int all) {
        return Math.max(0, (all - index + plan.threads() - 1) / plan.threads());
    }

    /** The users of this worker; call on the loop only. */
    List<User> users() {
        return users;
    }

    /** Starts to send. */
    public void begin() {
        loading = true;
        loop.execute(() -> {
            if (plan.openLoop()) {
                paceStart = System.nanoTime();
                pace();
            } else {
                senders.forEach(User::begin);
            }
        });
    }

    /** The open loop: messages are sent on a fixed schedule, regardless of how slow the answers are. */
    private void pace() {
        if (!loading) {
            return;
        }
        double interval = 1e9 * plan.threads() / plan.rate();
        long now = System.nanoTime();
        long due = paceStart + (long) (paced * interval);
        for (int i = 0; i < BATCH && due <= now; i++) {
            paced++;
            sendByNext(due);
            due = paceStart + (long) (paced * interval);
        }
        if (due <= now) {
            loop.execute(this::pace);
        } else {
            loop.schedule(this::pace, Math.max(due - now, SHORTEST_WAIT_NANOS), TimeUnit.NANOSECONDS);
        }
    }

    private void sendByNext(long due) {
        for (int tries = 0; tries < senders.size(); tries++) {
            User user = senders.get(turn);
            turn = turn + 1 == senders.size() ? 0 : turn + 1;
            if (user.ready()) {
                user.send(due);
                return;
            }
        }
        if (!senders.isEmpty()) {
            metrics.error("cannot send: not connected", "a message was due while no user was connected");
        }
    }

    private void sweep() {
        if (closing) {
            return;
        }
        long now = System.nanoTime();
        for (User user : users) {
            user.sweep(now);
        }
        loop.schedule(this::sweep, 500, TimeUnit.MILLISECONDS);
    }

    /** Stops sending new messages. */
    public void stop() {
        loading = false;
    }

    /** Disconnects all users. */
    public void close(long waitNanos) {
        closing = true;
        try {
            client.close();
        } catch (IllegalStateException e) {
            // too many connections to disconnect in time; the remaining ones are closed below
        }
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
        long end = System.nanoTime() + waitNanos;
        while (!group.isTerminated() && System.nanoTime() < end) {
            LockSupport.parkNanos(5_000_000);
        }
    }
}
