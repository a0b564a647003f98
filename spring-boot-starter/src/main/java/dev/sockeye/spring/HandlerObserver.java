package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Stands around each call of a handler. */
interface HandlerObserver {
    /** Only calls. */
    HandlerObserver NONE = (socket, event, call) -> call.call();

    /** Calls the handler and gives back what it returns. */
    @Nullable
    Object around(Socket socket, String event, Callable<@Nullable Object> call) throws Exception;
}
