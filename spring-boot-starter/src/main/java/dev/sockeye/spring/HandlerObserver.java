package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Wraps each call of a handler. */
interface HandlerObserver {
    /** Calls the handler without observing it. */
    HandlerObserver NONE = (socket, event, call) -> call.call();

    /** Calls the handler and returns its result. */
    @Nullable
    Object around(Socket socket, String event, Callable<@Nullable Object> call) throws Exception;
}
