package dev.sockeye.socketio.server;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides which names a dynamic namespace accepts. Official counterpart: the function form of {@code io.of}. */
@FunctionalInterface
public interface NamespacePredicate {

    /**
     * Whether to create a namespace with this name. Runs in the client's mailbox; may block.
     *
     * @param auth the auth data of the client's CONNECT packet
     * @return a stage that completes with the decision; a failure counts as false
     */
    CompletionStage<Boolean> test(String name, Map<String, @Nullable Object> auth);

    /** Returns a predicate that checks the name only. */
    static NamespacePredicate ofName(Predicate<String> predicate) {
        return (name, auth) -> CompletableFuture.completedFuture(predicate.test(name));
    }
}
