package dev.sockeye.rewrite;

import org.openrewrite.ExecutionContext;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.search.UsesType;

/** Translates the calls for {@link MigrateFromNettySocketIo}; types are changed afterwards. */
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
        return Preconditions.check(new UsesType<>(Names.OLD + ".*", true), new CallVisitor());
    }
}
