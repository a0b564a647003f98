package dev.sockeye.engineio;

import dev.sockeye.engineio.protocol.EnginePacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The listeners of a server's sessions; usually there are none. Thread-safe. */
final class EngineListeners {
    private static final EngineListener[] NONE = {};

    private volatile EngineListener[] listeners = NONE;

    synchronized void add(EngineListener listener) {
        EngineListener[] more = Arrays.copyOf(listeners, listeners.length + 1);
        more[more.length - 1] = listener;
        listeners = more;
    }

    synchronized void remove(EngineListener listener) {
        List<EngineListener> left = new ArrayList<>(Arrays.asList(listeners));
        for (int i = 0; i < left.size(); i++) {
            if (left.get(i) == listener) {
                left.remove(i);
                break;
            }
        }
        listeners = left.toArray(NONE);
    }

    void opened(EngineSocket session) {
        notifyEach(listener -> listener.onOpen(session));
    }

    void upgraded(EngineSocket session, String transport) {
        notifyEach(listener -> listener.onUpgrade(session, transport));
    }

    void closed(EngineSocket session, CloseReason reason, @Nullable Object description) {
        notifyEach(listener -> listener.onClose(session, reason, description));
    }

    void paused(EngineSocket session, boolean paused) {
        notifyEach(listener -> listener.onReadingPaused(session, paused));
    }

    void dropped(SessionOutput session, boolean replaced) {
        notifyEach(listener -> listener.onDropped((EngineSocket) session, replaced));
    }

    private void notifyEach(Consumer<EngineListener> event) {
        for (EngineListener listener : listeners) {
            Hooks.guard("engine listener", () -> event.accept(listener));
        }
    }

    void received(EngineSocket session, int bytes) {
        for (EngineListener listener : listeners) {
            try {
                listener.onReceived(session, bytes);
            } catch (Throwable e) {
                Hooks.failed("received", e);
            }
        }
    }

    void sent(SessionOutput session, List<? extends EnginePacket> packets) {
        EngineListener[] now = listeners;
        if (now.length == 0) {
            return;
        }
        for (int i = 0; i < packets.size(); i++) {
            if (packets.get(i) instanceof EnginePacket.Message message) {
                sent(now, (EngineSocket) session, message.data().length);
            }
        }
    }

    private static void sent(EngineListener[] listeners, EngineSocket session, int bytes) {
        for (EngineListener listener : listeners) {
            try {
                listener.onSent(session, bytes);
            } catch (Throwable e) {
                Hooks.failed("sent", e);
            }
        }
    }
}
