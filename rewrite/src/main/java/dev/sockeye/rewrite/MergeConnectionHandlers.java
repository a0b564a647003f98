package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Preconditions;
import org.openrewrite.Recipe;
import org.openrewrite.Tree;
import org.openrewrite.TreeVisitor;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.search.UsesType;
import org.openrewrite.java.tree.Comment;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;

/** Merges consecutive {@code onConnection} calls on the same server or namespace. */
public final class MergeConnectionHandlers extends Recipe {

    @Override
    public String getDisplayName() {
        return "Merge connection handlers";
    }

    @Override
    public String getDescription() {
        return "A part of the migration from netty-socketio to Sockeye: one onConnection for listeners that follow"
                + " each other.";
    }

    @Override
    public TreeVisitor<?, ExecutionContext> getVisitor() {
        return Preconditions.check(new UsesType<>(Names.OLD + ".*", true), new JavaIsoVisitor<>() {
            @Override
            public J.Block visitBlock(J.Block original, ExecutionContext ctx) {
                J.Block block = super.visitBlock(original, ctx);
                List<Statement> merged = new ArrayList<>();
                boolean changed = false;
                for (Statement statement : block.getStatements()) {
                    Statement last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
                    Statement both = last == null ? null : merge(last, statement);
                    if (both == null) {
                        merged.add(statement);
                    } else {
                        merged.set(merged.size() - 1, both);
                        changed = true;
                    }
                }
                return changed ? autoFormat(block.withStatements(merged), ctx) : block;
            }
        });
    }

    private static @Nullable Statement merge(Statement first, Statement second) {
        J.Lambda one = handler(first);
        J.Lambda two = handler(second);
        if (one == null || two == null) {
            return null;
        }
        J.MethodInvocation call = (J.MethodInvocation) first;
        boolean sameTarget = target(call).equals(target((J.MethodInvocation) second));
        boolean sameName = parameter(one).equals(parameter(two));
        List<Statement> before = statements(one);
        List<Statement> after = statements(two);
        if (!sameTarget || !sameName || before.isEmpty() || after.isEmpty() || leavesEarly(one)) {
            return null;
        }
        Set<String> names = Trees.names(two.getBody());
        if (before.stream().flatMap(each -> Trees.declared(each).stream()).anyMatch(names::contains)) {
            return null;
        }
        List<Statement> all = new ArrayList<>(before);
        String line = before.get(0).getPrefix().getLastWhitespace();
        Statement next = after.get(0);
        after.set(0, next.withPrefix(between(line, end(one), second.getPrefix(), next.getPrefix())));
        all.addAll(after);
        J.Block block = Trees.block(all);
        Space end = end(two);
        return call.withArguments(List.of(one.withBody(end.getComments().isEmpty() ? block : block.withEnd(end))));
    }

    /** Comments at the end of the first handler and before the second call stay before the code of the second handler. */
    private static Space between(String line, Space... spaces) {
        List<Comment> comments = new ArrayList<>();
        for (Space space : spaces) {
            space.getComments().forEach(comment -> comments.add(comment.withSuffix(line)));
        }
        return comments.isEmpty()
                ? spaces[spaces.length - 1]
                : Space.EMPTY.withWhitespace(line).withComments(comments);
    }

    private static Space end(J.Lambda lambda) {
        return lambda.getBody() instanceof J.Block block ? block.getEnd() : Space.EMPTY;
    }

    private static J.@Nullable Lambda handler(Statement statement) {
        return statement instanceof J.MethodInvocation call
                        && call.getSimpleName().equals("onConnection")
                        && call.getArguments().size() == 1
                        && call.getArguments().get(0) instanceof J.Lambda lambda
                ? lambda
                : null;
    }

    /** A simple or qualified name; other expressions may evaluate to different objects. */
    private static String target(J.MethodInvocation call) {
        return call.getSelect() instanceof J.Identifier || call.getSelect() instanceof J.FieldAccess
                ? call.getSelect().toString()
                : Tree.randomId().toString();
    }

    private static String parameter(J.Lambda lambda) {
        return lambda.getParameters().getParameters().get(0) instanceof J.VariableDeclarations declared
                ? declared.getVariables().get(0).getSimpleName()
                : "";
    }

    private static List<Statement> statements(J.Lambda lambda) {
        if (lambda.getBody() instanceof J.Block block) {
            return new ArrayList<>(block.getStatements());
        }
        return lambda.getBody() instanceof Statement statement
                ? new ArrayList<>(List.of((Statement) statement.withPrefix(Space.format("\n"))))
                : new ArrayList<>();
    }

    /** A {@code return} in the first handler must not skip the second one. */
    private static boolean leavesEarly(J.Lambda lambda) {
        boolean[] found = {false};
        new JavaIsoVisitor<Integer>() {
            @Override
            public J.Return visitReturn(J.Return statement, Integer nothing) {
                found[0] = true;
                return statement;
            }

            @Override
            public J.Throw visitThrow(J.Throw statement, Integer nothing) {
                found[0] = true;
                return statement;
            }

            @Override
            public J.Lambda visitLambda(J.Lambda inner, Integer nothing) {
                return inner;
            }

            @Override
            public J.NewClass visitNewClass(J.NewClass created, Integer nothing) {
                return created;
            }
        }.visit(lambda.getBody(), 0);
        return found[0];
    }
}
