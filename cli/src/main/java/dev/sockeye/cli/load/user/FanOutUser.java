package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.Scenario;
import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.cli.load.report.Metrics;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.AckCallback;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Emits to all users or to its room, and receives the events of the others. Each message contains the time when it was sent. */
public final class FanOutUser extends User implements AckCallback {
    private final Metrics.Timer timer;
    private final Audience audience;
    private final boolean rooms;
    private final String room;
    private final boolean sender;
    private final ArrayDeque<Long> own = new ArrayDeque<>();
    private boolean joined;
    private boolean begun;

    FanOutUser(Worker worker, int number) {
        super(worker, number);
        this.timer = metrics.timer(plan.scenario().label());
        this.rooms = plan.scenario() == Scenario.ROOMS;
        int place = number / plan.namespaces().size();
        int index = rooms ? place % plan.rooms() : 0;
        this.room = "r" + index;
        this.audience = worker.audience(rooms ? namespace * plan.rooms() + index : namespace);
        this.sender = rooms ? place < plan.rooms() : number < plan.senders();
    }

    @Override
    boolean sends() {
        return sender;
    }

    @Override
    boolean ready() {
        return joined && super.ready();
    }

    @Override
    public void listen(Socket socket) {
        socket.on(rooms ? "room" : "broadcast", (args, ack) -> received(args));
    }

    @Override
    public void connected() {
        if (rooms) {
            // packets of one client are handled in order, so the answer means that the join is complete
            link().socket().emit("join", room);
            link().socket().emit("echo", Arguments.of("joined"), this);
            metrics.pending.increment();
        } else {
            join();
        }
    }

    @Override
    public void done(@Nullable SocketIoException error, Arguments args) {
        metrics.pending.decrement();
        if (error == null) {
            join();
        } else if (!worker.isClosing()) {
            metrics.error("could not join", String.valueOf(error.getMessage()));
        }
    }

    private void join() {
        joined = true;
        audience.members().incrementAndGet();
        if (begun) {
            begin();
        }
    }

    @Override
    public void lost() {
        if (joined) {
            joined = false;
            audience.members().decrementAndGet();
        }
        metrics.pending.add(-own.size());
        own.clear();
    }

    @Override
    void begin() {
        begun = true;
        for (int i = 0; i < plan.outstanding() && ready(); i++) {
            send(System.nanoTime());
        }
    }

    @Override
    void send(long intended) {
        own.add(intended);
        metrics.pending.increment();
        metrics.sent.increment();
        metrics.expected.add(audience.members().get());
        String text = worker.stamp().write(intended, number, plan.payload());
        try {
            if (rooms) {
                link().socket().emit("room", room, text);
            } else {
                link().socket().emit("broadcast", text);
            }
        } catch (RuntimeException e) {
            metrics.error("cannot send: " + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
        }
    }

    private void received(Arguments args) {
        if (!(args.get(0) instanceof String text) || !worker.stamp().isOurs(text)) {
            return; // from another run
        }
        timer.record(System.nanoTime() - worker.stamp().time(text));
        metrics.received.increment();
        metrics.delivered.increment();
        if (text.length() != plan.payload()) {
            metrics.error("wrong answer", "received a message of " + text.length() + " characters");
        }
        if (sender && worker.stamp().sender(text) == number && own.poll() != null) {
            metrics.pending.decrement();
            if (begun && worker.isLoading() && ready()) {
                send(System.nanoTime());
            }
        }
    }

    @Override
    void sweep(long now) {
        super.sweep(now);
        Long oldest;
        while ((oldest = own.peek()) != null
                && now - oldest > plan.answerTimeout().toNanos()) {
            own.remove();
            metrics.pending.decrement();
            metrics.error(
                    "no delivery within " + Units.length(plan.answerTimeout()),
                    "a message was not delivered to its sender");
            if (begun && worker.isLoading() && ready()) {
                send(now);
            }
        }
    }
}
