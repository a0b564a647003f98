package dev.sockeye.socketio.client;

import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.client.engine.TransportFailures;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Obtains the query parameters and headers of a new connection from the application. */
final class RequestSuppliers {
    private final ClientOptions options;
    private final Executor completions;
    private final Consumer<LoopInbox.Command> loop;

    /**
     * @param completions runs the suppliers
     * @param loop runs the continuation
     */
    RequestSuppliers(ClientOptions options, Executor completions, Consumer<LoopInbox.Command> loop) {
        this.options = options;
        this.completions = completions;
        this.loop = loop;
    }

    /** Calls one of the two callbacks on the loop; immediately if the options have no supplier. On the loop. */
    void ask(BiConsumer<Map<String, String>, Map<String, String>> ready, Consumer<TransportException> failed) {
        if (options.querySupplier() == null && options.extraHeadersSupplier() == null) {
            ready.accept(options.query(), options.extraHeaders());
            return;
        }
        try {
            completions.execute(() -> {
                try {
                    Map<String, String> query = merged(options.query(), options.querySupplier());
                    Map<String, String> headers = merged(options.extraHeaders(), options.extraHeadersSupplier());
                    loop.accept(() -> ready.accept(query, headers));
                } catch (Throwable e) {
                    loop.accept(() -> failed.accept(TransportFailures.of("options error", e)));
                }
            });
        } catch (RuntimeException | Error e) { // rejected, or no thread can be started
            failed.accept(TransportFailures.of("options error", e));
        }
    }

    private static Map<String, String> merged(
            Map<String, String> fixed, @Nullable Supplier<? extends Map<String, String>> supplier) {
        if (supplier == null) {
            return fixed;
        }
        Map<String, String> all = new LinkedHashMap<>(fixed);
        all.putAll(supplier.get());
        return all;
    }
}
