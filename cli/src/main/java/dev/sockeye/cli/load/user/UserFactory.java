package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Stamp;
import dev.sockeye.cli.load.plan.Template;
import dev.sockeye.cli.load.report.Metrics;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** Creates the users of a run, and holds what they share. Thread-safe. */
public final class UserFactory {
    private final LoadPlan plan;
    private final Metrics metrics;
    private final Stamp stamp;
    private final Object payload;
    private final ConcurrentMap<Integer, Audience> audiences = new ConcurrentHashMap<>();

    public UserFactory(LoadPlan plan, Metrics metrics, Random random) {
        this.plan = plan;
        this.metrics = metrics;
        this.stamp = new Stamp(random.nextInt(), System.nanoTime(), plan.payload());
        this.payload = payload(plan);
    }

    private static Object payload(LoadPlan plan) {
        if (!plan.binary()) {
            return Template.letters(plan.payload());
        }
        byte[] bytes = new byte[plan.payload()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) i;
        }
        return bytes;
    }

    LoadPlan plan() {
        return plan;
    }

    Metrics metrics() {
        return metrics;
    }

    Stamp stamp() {
        return stamp;
    }

    Object payload() {
        return payload;
    }

    Audience audience(int number) {
        return audiences.computeIfAbsent(number, key -> new Audience());
    }

    User user(Worker worker, int number) {
        return switch (plan.scenario()) {
            case CONNECT -> new ConnectUser(worker, number);
            case ECHO, POLLING -> new EchoUser(worker, number);
            case BROADCAST, ROOMS -> new FanOutUser(worker, number);
        };
    }
}
