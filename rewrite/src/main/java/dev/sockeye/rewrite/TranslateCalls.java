package dev.sockeye.rewrite;

import org.openrewrite.ExecutionContext;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.search.UsesType;

/** The calls of {@link MigrateFromNettySocketIo}; the types are changed after it. */
public final class TranslateCalls extends Recipe {

    @Override
    public String getDisplayName() {
        return "Translate calls of netty-socketio";
    }

    @Override
    public String getDescription() {
        return "A part of the migration from netty-socketio to Sockeye: calls and listeners.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesType<>(Names.OLD + "*", true), new CallVisitor());
    }
}
