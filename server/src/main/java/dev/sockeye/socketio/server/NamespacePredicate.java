package dev.sockeye.socketio.server;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decides which names a dynamic namespace answers to. Official counterpart: the function form of {@code io.of}. */
@FunctionalInterface
public interface NamespacePredicate {

    /**
     * Whether a namespace with this name is to be created. Runs in the client's mailbox; may block.
     *
     * @param auth what the client sent with its CONNECT
     * @return true or false, now or later; a failure counts as false
     */
    CompletionStage<Boolean> test(String name, Map<String, @Nullable Object> auth);

    /** A predicate that looks at the name only and answers at once. */
    static NamespacePredicate ofName(Predicate<String> predicate) {
        return (name, auth) -> CompletableFuture.completedFuture(predicate.test(name));
    }
}
