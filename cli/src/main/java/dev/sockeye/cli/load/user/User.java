package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.report.Metrics;
import org.jspecify.annotations.Nullable;

/** One user of a load. Used on the loop of its worker only. */
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

    /** Connects; {@code intended} is when it should have, by {@link System#nanoTime}. */
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

    /** Whether it can send now. */
    boolean ready() {
        UserConnection known = link;
        return known != null && known.isConnected();
    }

    /** Whether it is one of those that send. */
    boolean sends() {
        return true;
    }

    @Override
    public void connected() {}

    @Override
    public void lost() {}

    /** The closed loop begins. */
    void begin() {}

    /** Sends one message that was due at {@code intended}. */
    void send(long intended) {}

    /** Now and then: looks for answers that do not come. */
    void sweep(long now) {
        UserConnection known = link;
        if (known != null) {
            known.sweep(now);
        }
    }
}
