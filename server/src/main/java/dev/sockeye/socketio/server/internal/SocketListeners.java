package dev.sockeye.socketio.server.internal;

import dev.sockeye.runtime.EventHandlers;
import dev.sockeye.runtime.Removal;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.Answers;
import dev.sockeye.socketio.HandlerErrors;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.server.MiddlewareException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The handlers, listeners and middlewares of a socket. Registration from any thread; calls are made in the mailbox. */
final class SocketListeners implements HandlerErrors {
    private static final QuietLog LOG = new QuietLog(SocketListeners.class);

    private final SocketCore socket;
    private final EventHandlers handlers = new EventHandlers();

    /** Changed under the lock of this, read anywhere. */
    private volatile SocketHooks hooks = SocketHooks.NONE;

    SocketListeners(SocketCore socket) {
        this.socket = socket;
    }

    EventHandlers handlers() {
        return handlers;
    }

    SocketHooks hooks() {
        return hooks;
    }

    Registration add(String event, RawHandler handler, boolean once, boolean first) {
        ReservedEvents.checkListener(event);
        return handlers.add(event, handler, once, first);
    }

    <H> Registration hook(SocketHooks.Kind<H> kind, H hook, boolean first) {
        change(now -> kind.plus(now, hook, first));
        return new Removal(() -> unhook(kind, hook));
    }

    <H> void unhook(SocketHooks.Kind<H> kind, H hook) {
        change(now -> kind.minus(now, hook));
    }

    synchronized void change(UnaryOperator<SocketHooks> change) {
        hooks = change.apply(hooks);
    }

    /** Calls the handlers of an event. */
    void dispatch(String event, Arguments args, Ack ack) {
        if (!handlers.call(event, args, ack, this)) {
            SocketHooks now = hooks;
            if (now.unknown().length == 0) {
                LOG.debug(() -> "no handler of event " + QuietLog.quoted(event) + " on " + socket);
            }
            now.callUnknown(this, event, args, ack);
        }
    }

    void onError(Throwable error) {
        SocketHooks now = hooks;
        if (now.error().length == 0) {
            LOG.debug(() -> "no error listener on " + socket.id() + ": " + error);
        }
        now.callError(this, error);
    }

    void onWritable() {
        SocketHooks.callWritable(this, takeWritable());
    }

    /** Reads and clears atomically: a callback that is added concurrently is called the next time. */
    private synchronized Runnable[] takeWritable() {
        SocketHooks now = hooks;
        if (now.writable().length > 0) {
            hooks = SocketHooks.WRITABLE.with(now, SocketHooks.NONE.writable());
        }
        return now.writable();
    }

    @Override
    public void unbound(String event, BindingException error) {
        LOG.warning(() -> ServerLog.PAYLOAD_DOES_NOT_FIT.text("event not handled on " + socket
                + ", its payload does not fit: " + QuietLog.plain(String.valueOf(error.getMessage()))));
        onError(error);
    }

    @Override
    public void failed(String event, Throwable error) {
        socket.namespace().context().observers().handlerError(socket.facade(), event, error);
    }

    @Override
    public @Nullable String text(Throwable error) {
        return error instanceof MiddlewareException ? String.valueOf(error.getMessage()) : Answers.text(error);
    }
}
