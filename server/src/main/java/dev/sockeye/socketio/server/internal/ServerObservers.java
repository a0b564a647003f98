package dev.sockeye.socketio.server.internal;

import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.AckListener;
import dev.sockeye.socketio.server.HandlerErrorListener;
import dev.sockeye.socketio.server.ServerTimer;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/** The listeners of a server for failed handlers and for acknowledgements. Any thread. */
final class ServerObservers {
    private static final Logger LOG = System.getLogger(SocketIoServer.class.getName());

    private final ServerTimer timer;
    private final List<HandlerErrorListener> errorListeners = new CopyOnWriteArrayList<>();
    private final List<AckListener> ackListeners = new CopyOnWriteArrayList<>();

    ServerObservers(ServerTimer timer) {
        this.timer = timer;
    }

    Registration onHandlerError(HandlerErrorListener listener) {
        errorListeners.add(listener);
        return new Removal(() -> errorListeners.remove(listener));
    }

    Registration onAck(AckListener listener) {
        ackListeners.add(listener);
        return new Removal(() -> ackListeners.remove(listener));
    }

    /** Measures how long an answer takes, if there are listeners. */
    void watchAck(Socket socket, String event, CompletableFuture<?> answer) {
        if (ackListeners.isEmpty()) {
            return;
        }
        long start = timer.nanoTime();
        var unused = answer.whenComplete((value, error) -> {
            Duration took = Duration.ofNanos(timer.nanoTime() - start);
            for (AckListener listener : ackListeners) {
                try {
                    listener.onAck(socket, event, took, error);
                } catch (Throwable e) {
                    LOG.log(Level.WARNING, ServerLog.ACK_LISTENER_FAILED.text("an acknowledgement listener failed"), e);
                }
            }
        });
    }

    void handlerError(Socket socket, String event, Throwable error) {
        LOG.log(
                Level.WARNING,
                ServerLog.HANDLER_FAILED.text("a handler of \"" + event + "\" on " + socket + " failed"),
                error);
        for (HandlerErrorListener listener : errorListeners) {
            try {
                listener.onHandlerError(socket, event, error);
            } catch (Throwable e) {
                LOG.log(Level.WARNING, ServerLog.ERROR_LISTENER_FAILED.text("a listener of handler errors failed"), e);
            }
        }
    }
}
