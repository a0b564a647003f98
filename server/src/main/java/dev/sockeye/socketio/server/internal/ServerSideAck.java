package dev.sockeye.socketio.server.internal;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Answers an event of another server. */
final class ServerSideAck implements Ack {
    private final boolean expected;
    private final AtomicReference<@Nullable Consumer<Arguments>> answer;

    ServerSideAck(@Nullable Consumer<Arguments> answer) {
        this.expected = answer != null;
        this.answer = new AtomicReference<>(answer);
    }

    @Override
    public void send(@Nullable Object... args) {
        Consumer<Arguments> once = answer.getAndSet(null);
        if (once != null) {
            try {
                once.accept(Arguments.of(args));
            } catch (RuntimeException | Error e) {
                answer.set(once); // an argument cannot be encoded: the sender still waits for an answer
                throw e;
            }
        }
    }

    @Override
    public void error(String message) {
        send(Map.of("error", message));
    }

    @Override
    public boolean expected() {
        return expected;
    }
}
