package dev.sockeye.spring;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Stands around each call of a handler. */
interface HandlerObserver {
    /** Only calls. */
    HandlerObserver NONE = (namespace, event, call) -> call.call();

    /** Calls the handler and gives back what it returns. */
    @Nullable
    Object around(String namespace, String event, Callable<@Nullable Object> call) throws Exception;
}
