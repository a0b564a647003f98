package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.Scope;
import dev.sockeye.cli.load.plan.Script;
import dev.sockeye.cli.load.plan.Template;
import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.protocol.Arguments;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Repeats the steps of its role. If a step fails, the turn ends: the user disconnects, waits for a second and starts again. */
@SuppressWarnings("FutureReturnValueIgnored") // the loop outlives its tasks
public final class ScriptUser extends User {
    private static final int STEPS_AT_ONCE = 100;
    private static final int MOST_KEPT = 1000;

    private final Script script;
    private final Script.Role role;
    private final Scope scope;
    private final Set<String> awaited = new HashSet<>();
    private final ArrayDeque<Frame> frames = new ArrayDeque<>();
    private final ArrayDeque<Arrival> arrivals = new ArrayDeque<>();
    private @Nullable UserConnection link;
    private int iteration;
    private long sentAt;
    private boolean leaving;
    private boolean gone;

    /** Incremented with each step, so that late events are ignored. */
    private int epoch;

    private boolean connecting;
    private Script.@Nullable Expect expecting;
    private @Nullable Future<?> deadline;

    ScriptUser(Worker worker, int number, Script script) {
        super(worker, number);
        this.script = script;
        this.role = script.role(number);
        this.scope = new Scope(number, plan.payload());
        collect(role.steps());
    }

    private static final class Frame {
        final List<Script.Step> steps;
        final boolean forever;
        int left;
        int index;

        Frame(List<Script.Step> steps, int times) {
            this.steps = steps;
            this.forever = times == 0;
            this.left = times;
        }
    }

    private record Arrival(String event, Arguments args, long time) {}

    private void collect(List<Script.Step> steps) {
        for (Script.Step step : steps) {
            if (step instanceof Script.Expect expect) {
                awaited.add(expect.event());
            } else if (step instanceof Script.Repeat repeat) {
                collect(repeat.steps());
            }
        }
    }

    @Override
    void open(long intended) {
        turn();
    }

    /** Asks the user to leave after its current turn. */
    void leave() {
        leaving = true;
    }

    boolean isLeaving() {
        return leaving;
    }

    boolean hasLeft() {
        return gone;
    }

    private void turn() {
        if (leaving || !worker.isLoading()) {
            go();
            return;
        }
        scope.turn(iteration++, script.vars());
        frames.clear();
        frames.push(new Frame(role.steps(), 1));
        advance();
    }

    private void go() {
        gone = true;
        epoch++;
        hangUp();
    }

    private void hangUp() {
        connecting = false;
        expecting = null;
        arrivals.clear();
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        UserConnection known = link;
        link = null;
        if (known != null && !known.isEnded()) {
            known.close();
        }
    }

    private void advance() {
        int at = ++epoch;
        for (int i = 0; i < STEPS_AT_ONCE; i++) {
            Frame frame = frames.peek();
            if (!worker.isLoading()) {
                go();
                return;
            }
            if (frame == null) {
                hangUp();
                worker.loop().execute(this::turn);
                return;
            }
            if (frame.index == frame.steps.size()) {
                if (leaving && frame.forever) {
                    go();
                    return;
                }
                if (frame.forever || --frame.left > 0) {
                    frame.index = 0;
                } else {
                    frames.pop();
                }
            } else if (!attempt(frame.steps.get(frame.index++), at)) {
                return;
            }
        }
        later(Duration.ZERO, at);
    }

    private void later(Duration wait, int at) {
        worker.loop()
                .schedule(
                        () -> {
                            if (at == epoch) {
                                advance();
                            }
                        },
                        wait.toNanos(),
                        TimeUnit.NANOSECONDS);
    }

    /** Performs a step; an exception fails it like any other error, so that the user goes on. */
    private boolean attempt(Script.Step step, int at) {
        try {
            return perform(step, at);
        } catch (RuntimeException e) {
            fail("a step failed: " + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
            return false;
        }
    }

    /** Performs a step; returns {@code false} if the user continues later. */
    private boolean perform(Script.Step step, int at) {
        if (step instanceof Script.Connect connect) {
            hangUp();
            connecting = true;
            UserConnection opening = new UserConnection(worker, this);
            link = opening;
            opening.open(
                    plan.target().address(plan.namespace(connect, number, scope)),
                    plan.options(connect, number, scope),
                    System.nanoTime());
            return false;
        }
        if (step instanceof Script.Disconnect) {
            hangUp();
            return true;
        }
        if (step instanceof Script.Think think) {
            long least = think.least().toNanos();
            long most = think.most().toNanos();
            later(
                    Duration.ofNanos(
                            least == most ? least : ThreadLocalRandom.current().nextLong(least, most)),
                    at);
            return false;
        }
        if (step instanceof Script.Repeat repeat) {
            frames.push(new Frame(repeat.steps(), repeat.times()));
            return true;
        }
        if (step instanceof Script.Emit emit) {
            return emit(emit, at);
        }
        return expect((Script.Expect) step, at);
    }

    private boolean emit(Script.Emit emit, int at) {
        UserConnection known = link;
        if (known == null || !known.isConnected()) {
            fail("cannot send: not connected", emit.label());
            return false;
        }
        arrivals.clear();
        sentAt = System.nanoTime();
        Arguments args = Arguments.of(emit.args().list(scope).toArray());
        Duration ack = emit.ack();
        try {
            if (ack == null) {
                known.socket().emit(emit.event().text(scope), args.toList().toArray());
                metrics.sent.increment();
                return true;
            }
            long start = sentAt;
            metrics.pending.increment();
            metrics.sent.increment();
            known.socket()
                    .timeout(ack)
                    .emit(emit.event().text(scope), args, (error, answer) -> answered(emit, at, start, error, answer));
        } catch (RuntimeException e) {
            if (ack != null) {
                metrics.pending.decrement();
            }
            fail("cannot send: " + emit.label(), String.valueOf(e.getMessage()));
        }
        return false;
    }

    private void answered(Script.Emit emit, int at, long start, @Nullable SocketIoException error, Arguments answer) {
        metrics.pending.decrement();
        if (error == null) {
            metrics.received.increment();
            metrics.timer(emit.label()).record(System.nanoTime() - start);
        }
        if (at != epoch) {
            return;
        }
        if (error != null) {
            fail("no answer: " + emit.label(), String.valueOf(error.getMessage()));
            return;
        }
        Template wanted = emit.answer();
        if (wanted != null && !Template.matches(wanted.resolve(scope), answer.toList())) {
            fail("wrong answer: " + emit.label(), "got " + shortened(answer));
            return;
        }
        String save = emit.save();
        if (save != null) {
            scope.save(save, answer.get(0));
        }
        advance();
    }

    private boolean expect(Script.Expect expect, int at) {
        expecting = expect;
        for (Arrival arrival : new ArrayList<>(arrivals)) {
            if (takes(expect, arrival)) {
                return true;
            }
        }
        deadline = worker.loop()
                .schedule(
                        () -> {
                            if (at == epoch) {
                                fail(
                                        "not received: " + expect.label(),
                                        "no such event within " + Units.length(expect.within()));
                            }
                        },
                        expect.within().toNanos(),
                        TimeUnit.NANOSECONDS);
        return false;
    }

    /** Whether an event is the expected one; if so, the step is complete. */
    private boolean takes(Script.Expect expect, Arrival arrival) {
        Template wanted = expect.args();
        if (!arrival.event().equals(expect.event())
                || (wanted != null
                        && !Template.matches(
                                wanted.resolve(scope), arrival.args().toList()))) {
            return false;
        }
        expecting = null;
        arrivals.remove(arrival);
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
        metrics.timer(expect.label()).record(arrival.time() - sentAt);
        String save = expect.save();
        if (save != null) {
            scope.save(save, arrival.args().get(0));
        }
        return true;
    }

    @Override
    public void listen(Socket socket) {
        for (String event : awaited) {
            socket.on(event, (args, ack) -> arrived(new Arrival(event, args, System.nanoTime())));
        }
    }

    private void arrived(Arrival arrival) {
        if (gone) {
            return;
        }
        metrics.received.increment();
        if (arrivals.size() == MOST_KEPT) {
            arrivals.remove();
        }
        arrivals.add(arrival);
        Script.Expect waiting = expecting;
        if (waiting != null && takes(waiting, arrival)) {
            advance();
        }
    }

    @Override
    public void connected() {
        if (connecting) {
            connecting = false;
            sentAt = System.nanoTime();
            advance();
        }
    }

    @Override
    public void lost() {
        if (!gone) {
            again();
        }
    }

    private void fail(String kind, String example) {
        metrics.error(kind, example);
        again();
    }

    private void again() {
        int at = ++epoch;
        hangUp();
        worker.loop()
                .schedule(
                        () -> {
                            if (at == epoch) {
                                turn();
                            }
                        },
                        1,
                        TimeUnit.SECONDS);
    }

    @Override
    void sweep(long now) {
        UserConnection known = link;
        if (known != null) {
            known.sweep(now);
        }
    }

    private static String shortened(Arguments args) {
        String text = String.valueOf(args.toList());
        return text.length() > 120 ? text.substring(0, 120) + "…" : text;
    }
}
