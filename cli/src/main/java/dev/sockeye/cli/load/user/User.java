package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.report.Metrics;
import org.jspecify.annotations.Nullable;

/** One simulated user. Used only on the event loop of its worker. */
public abstract sealed class User implements UserConnection.Owner
        permits ConnectUser, EchoUser, FanOutUser, ScriptUser {
    final Worker worker;
    final LoadPlan plan;
    final Metrics metrics;
    final int number;
    final int namespace;
    private @Nullable UserConnection link;

    User(Worker worker, int number) {
        this.worker = worker;
        this.plan = worker.plan();
        this.metrics = worker.metrics();
        this.number = number;
        this.namespace = number % plan.namespaces().size();
    }

    /** Connects; {@code intended} is the scheduled time, by {@link System#nanoTime}. */
    void open(long intended) {
        UserConnection opening = new UserConnection(worker, this);
        link = opening;
        opening.open(plan.target().address(plan.namespaces().get(namespace)), plan.options(number), intended);
    }

    UserConnection link() {
        UserConnection known = link;
        if (known == null) {
            throw new IllegalStateException("not opened");
        }
        return known;
    }

    /** Whether the user can send now. */
    boolean ready() {
        UserConnection known = link;
        return known != null && known.isConnected();
    }

    /** Whether the user is one of those that send. */
    boolean sends() {
        return true;
    }

    @Override
    public void connected() {}

    @Override
    public void lost() {}

    /** Starts the closed loop. */
    void begin() {}

    /** Sends one message that was scheduled for {@code intended}. */
    void send(long intended) {}

    /** Called periodically to find answers that are overdue. */
    void sweep(long now) {
        UserConnection known = link;
        if (known != null) {
            known.sweep(now);
        }
    }
}
