package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.LoadPlan;
import dev.sockeye.cli.load.plan.Script;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Keeps the number of active users of a script at the number that its stages require. Used only on the event loop. */
@SuppressWarnings("FutureReturnValueIgnored") // the loop outlives its tasks
public final class UserPool {
    private static final long STEP_MILLIS = 20;
    private static final int BATCH = 64;

    private final Worker worker;
    private final LoadPlan plan;
    private final Script script;
    private final int index;
    private final long start = System.nanoTime();
    private int made;

    UserPool(Worker worker, UserFactory cast, int index) {
        Script given = cast.plan().script();
        if (given == null) {
            throw new IllegalArgumentException("no script");
        }
        this.worker = worker;
        this.plan = cast.plan();
        this.script = given;
        this.index = index;
    }

    void begin() {
        adjust();
    }

    private void adjust() {
        if (!worker.isLoading()) {
            return;
        }
        List<ScriptUser> staying = new ArrayList<>();
        worker.users().removeIf(user -> user instanceof ScriptUser player && player.hasLeft());
        for (User user : worker.users()) {
            if (user instanceof ScriptUser player && !player.isLeaving()) {
                staying.add(player);
            }
        }
        int wanted = worker.share(script.usersAt(System.nanoTime() - start));
        for (int i = 0; i < BATCH && staying.size() + i < wanted; i++) {
            int number = index + made++ * plan.threads();
            ScriptUser user = new ScriptUser(worker, number, script);
            worker.users().add(user);
            user.open(System.nanoTime());
        }
        for (int i = staying.size() - 1; i >= wanted; i--) {
            staying.get(i).leave();
        }
        worker.loop().schedule(this::adjust, STEP_MILLIS, TimeUnit.MILLISECONDS);
    }
}
