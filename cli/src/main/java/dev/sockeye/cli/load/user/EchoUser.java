package dev.sockeye.cli.load.user;

import dev.sockeye.cli.load.plan.Units;
import dev.sockeye.cli.load.report.Metrics;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.client.AckCallback;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Emits "echo" (or "bin" for binary payloads) and waits for the acknowledgement. */
public final class EchoUser extends User {
    private final Metrics.Timer timer;
    private final Object payload;
    private final Arguments arguments;
    private final ArrayDeque<Request> requests = new ArrayDeque<>();
    private boolean begun;

    EchoUser(Worker worker, int number) {
        super(worker, number);
        this.timer = metrics.timer(plan.scenario().label());
        this.payload = worker.payload();
        this.arguments = Arguments.of(payload);
    }

    @Override
    public void listen(Socket socket) {}

    @Override
    public void connected() {
        if (begun && requests.isEmpty()) {
            fill();
        }
    }

    @Override
    void begin() {
        begun = true;
        fill();
    }

    private void fill() {
        for (int i = 0; i < plan.outstanding() && ready(); i++) {
            send(System.nanoTime());
        }
    }

    @Override
    void send(long intended) {
        Request request = new Request(intended);
        requests.add(request);
        metrics.pending.increment();
        metrics.sent.increment();
        try {
            link().socket().emit(payload instanceof byte[] ? "bin" : "echo", arguments, request);
        } catch (RuntimeException e) {
            request.settle();
            metrics.error("cannot send: " + e.getClass().getSimpleName(), String.valueOf(e.getMessage()));
        }
    }

    @Override
    void sweep(long now) {
        super.sweep(now);
        Request oldest;
        while ((oldest = requests.peek()) != null && (oldest.settled || oldest.isLate(now))) {
            requests.remove();
            if (!oldest.settled) {
                oldest.settle();
                metrics.error(
                        "no answer within " + Units.length(plan.answerTimeout()),
                        "the server did not acknowledge the event");
                again();
            }
        }
    }

    private void again() {
        if (begun && worker.isLoading() && ready()) {
            send(System.nanoTime());
        }
    }

    /** A message that was not answered yet. */
    private final class Request implements AckCallback {
        private final long start;
        private boolean settled;

        Request(long start) {
            this.start = start;
        }

        boolean isLate(long now) {
            return now - start > plan.answerTimeout().toNanos();
        }

        void settle() {
            settled = true;
            metrics.pending.decrement();
        }

        @Override
        public void done(@Nullable SocketIoException error, Arguments args) {
            if (settled) {
                return;
            }
            settle();
            while (!requests.isEmpty() && requests.element().settled) {
                requests.remove();
            }
            if (error == null) {
                timer.record(System.nanoTime() - start);
                metrics.received.increment();
                if (!same(args)) {
                    metrics.error("wrong answer", "the acknowledgement did not contain the sent payload");
                }
                again();
            } else if (!worker.isClosing()) {
                metrics.error("lost: the connection ended before the answer", String.valueOf(error.getMessage()));
            }
        }

        private boolean same(Arguments args) {
            Object answer = args.get(0);
            return (answer instanceof byte[] bytes && payload instanceof byte[] own)
                    ? Arrays.equals(bytes, own)
                    : Objects.equals(answer, payload);
        }
    }
}
