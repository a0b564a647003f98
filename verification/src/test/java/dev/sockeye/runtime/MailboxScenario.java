package dev.sockeye.runtime;

import dev.sockeye.verification.interleaving.Scenario;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** Two threads post and take turns, like the threads of a pool; a turn is passed on after four tasks. */
public final class MailboxScenario implements Scenario, MailboxExecutor {
    private final Queue<Mailbox> turns = new ArrayDeque<>();
    private final Mailbox mailbox = new Mailbox(this);
    private final int[] posted = new int[2];
    private final int[] ran = new int[2];
    private boolean running;
    private int taken;
    private long now;

    @Override
    public List<Runnable> threads() {
        return List.of(
                () -> {
                    for (int i = 0; i < 6; i++) {
                        post(0);
                    }
                    turn();
                    turn();
                },
                () -> {
                    turn();
                    post(1);
                    turn();
                    turn();
                });
    }

    private void post(int poster) {
        int number = ++posted[poster];
        mailbox.post(
                new Mailbox.Task() {
                    @Override
                    protected void run() {
                        handle(poster, number);
                    }
                },
                number);
        check(!mailbox.isCurrent(), "a poster is in the mailbox");
    }

    private void handle(int poster, int number) {
        check(!running, "two tasks run at a time");
        running = true;
        check(mailbox.isCurrent(), "a task is not in its mailbox");
        check(++ran[poster] == number, "out of order");
        check(mailbox.isCurrent(), "a task is not in its mailbox at its end");
        running = false;
        taken++;
    }

    private void turn() {
        check(!mailbox.isCurrent(), "in the mailbox before a turn");
        Mailbox next = turns.poll();
        if (next != null) {
            next.run();
        }
        check(!mailbox.isCurrent(), "still in the mailbox after a turn");
    }

    @Override
    public void execute(Mailbox mine, boolean again) {
        turns.add(mine);
        var unused = mine.waiting(); // a step: the next turn may start before this one has returned
    }

    @Override
    public long nanoTime() {
        return now += 1_000_000_000;
    }

    @Override
    public MailboxLimits limits() {
        return MailboxLimits.NONE;
    }

    @Override
    public void check() {
        while (!turns.isEmpty()) {
            turn();
        }
        check(taken == posted[0] + posted[1], "ran " + taken + " of " + (posted[0] + posted[1]));
        check(mailbox.waiting() == 0 && mailbox.waitingBytes() == 0, "left counted");
    }

    private static void check(boolean right, String message) {
        if (!right) {
            throw new AssertionError(message);
        }
    }
}
