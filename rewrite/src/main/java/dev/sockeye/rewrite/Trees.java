package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.Tree;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.tree.Comment;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.JContainer;
import org.openrewrite.java.tree.JLeftPadded;
import org.openrewrite.java.tree.JRightPadded;
import org.openrewrite.java.tree.JavaType;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;
import org.openrewrite.java.tree.TextComment;
import org.openrewrite.marker.Markers;

/** Creates fragments of Java source. */
final class Trees {

    private Trees() {}

    static J.Identifier name(String name) {
        return new J.Identifier(Tree.randomId(), Space.EMPTY, Markers.EMPTY, List.of(), name, null, null);
    }

    /** A reference to a class, by its simple name. */
    static J.Identifier type(String qualifiedName) {
        return name(qualifiedName.substring(qualifiedName.lastIndexOf('.') + 1))
                .withType(JavaType.ShallowClass.build(qualifiedName));
    }

    static J.Literal string(String value) {
        String source = '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
        return new J.Literal(
                Tree.randomId(), Space.EMPTY, Markers.EMPTY, value, source, null, JavaType.Primitive.String);
    }

    static J.Literal number(int value) {
        return new J.Literal(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                value,
                String.valueOf(value),
                null,
                JavaType.Primitive.Int);
    }

    static J.Literal yes() {
        return new J.Literal(
                Tree.randomId(), Space.EMPTY, Markers.EMPTY, true, "true", null, JavaType.Primitive.Boolean);
    }

    static J.MethodInvocation call(@Nullable Expression select, String method, Expression... arguments) {
        return call(select, method, Arrays.asList(arguments));
    }

    static J.MethodInvocation call(@Nullable Expression select, String method, List<Expression> arguments) {
        return new J.MethodInvocation(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                select == null ? null : JRightPadded.build(select.withPrefix(Space.EMPTY)),
                null,
                name(method),
                JContainer.build(padded(arguments)),
                null);
    }

    private static List<JRightPadded<Expression>> padded(List<Expression> arguments) {
        List<JRightPadded<Expression>> padded = new ArrayList<>();
        if (arguments.isEmpty()) {
            padded.add(JRightPadded.build(new J.Empty(Tree.randomId(), Space.EMPTY, Markers.EMPTY)));
        }
        for (Expression argument : arguments) {
            padded.add(JRightPadded.build(spaced(argument, padded.isEmpty())));
        }
        return padded;
    }

    private static Expression spaced(Expression argument, boolean first) {
        if (first) {
            return argument.withPrefix(Space.EMPTY);
        }
        // an argument on a separate line keeps its line break
        boolean ownLine = argument.getPrefix().getWhitespace().contains("\n")
                || !argument.getPrefix().getComments().isEmpty();
        return ownLine ? argument : argument.withPrefix(Space.SINGLE_SPACE);
    }

    /** The same call with other parts; its formatting and the comments before it are kept. */
    static J.MethodInvocation replace(
            J.MethodInvocation old, @Nullable Expression select, String method, Expression... arguments) {
        return replace(old, select, method, Arrays.asList(arguments));
    }

    static J.MethodInvocation replace(
            J.MethodInvocation old, @Nullable Expression select, String method, List<Expression> arguments) {
        J.MethodInvocation made = call(select, method, arguments);
        JRightPadded<Expression> target = made.getPadding().getSelect();
        if (target != null && old.getPadding().getSelect() != null) {
            // the line break before ".method"
            made = made.getPadding()
                    .withSelect(target.withAfter(old.getPadding().getSelect().getAfter()));
        }
        return made.withId(old.getId()).withPrefix(old.getPrefix());
    }

    /** A lambda parameter without a type. */
    static J.VariableDeclarations parameter(String name) {
        J.VariableDeclarations.NamedVariable variable = new J.VariableDeclarations.NamedVariable(
                Tree.randomId(), Space.EMPTY, Markers.EMPTY, name(name), List.of(), null, null);
        return new J.VariableDeclarations(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                List.of(),
                List.of(),
                null,
                null,
                List.of(JRightPadded.build(variable)));
    }

    static J.Lambda lambda(List<J.VariableDeclarations> parameters, J body) {
        boolean parenthesized = parameters.size() != 1 || parameters.get(0).getTypeExpression() != null;
        List<JRightPadded<J>> padded = new ArrayList<>();
        for (J.VariableDeclarations parameter : parameters) {
            padded.add(JRightPadded.build(parameter.withPrefix(padded.isEmpty() ? Space.EMPTY : Space.SINGLE_SPACE)));
        }
        if (padded.isEmpty()) {
            padded.add(JRightPadded.build(new J.Empty(Tree.randomId(), Space.EMPTY, Markers.EMPTY)));
        }
        return new J.Lambda(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                new J.Lambda.Parameters(Tree.randomId(), Space.EMPTY, Markers.EMPTY, parenthesized, padded),
                Space.SINGLE_SPACE,
                body.withPrefix(Space.SINGLE_SPACE),
                null);
    }

    static J.Lambda lambda(String parameter, J body) {
        return lambda(List.of(parameter(parameter)), body);
    }

    static J.Block block(List<Statement> statements) {
        List<JRightPadded<Statement>> padded = new ArrayList<>();
        for (Statement statement : statements) {
            Space prefix = statement.getPrefix().getWhitespace().contains("\n")
                    ? statement.getPrefix()
                    : statement.getPrefix().withWhitespace("\n");
            padded.add(JRightPadded.build(statement.withPrefix(prefix)));
        }
        return new J.Block(
                Tree.randomId(),
                Space.SINGLE_SPACE,
                Markers.EMPTY,
                JRightPadded.build(false),
                padded,
                Space.format("\n"));
    }

    /** The body of a method, which must have one, with the comments that precede the method. */
    static J.Block bodyWithComments(J.MethodDeclaration method) {
        J.Block body = Objects.requireNonNull(method.getBody());
        List<Comment> comments = method.getPrefix().getComments();
        if (comments.isEmpty()) {
            return body;
        }
        if (body.getStatements().isEmpty()) {
            Space end = body.getEnd();
            return body.withEnd(withComments(end, comments));
        }
        List<Statement> statements = new ArrayList<>(body.getStatements());
        Statement first = statements.get(0);
        statements.set(0, first.withPrefix(withComments(first.getPrefix(), comments)));
        return body.withStatements(statements);
    }

    /** A space that starts with these comments. */
    static Space withComments(Space space, List<Comment> comments) {
        List<Comment> all = new ArrayList<>(comments);
        all.addAll(space.getComments());
        Space line = space.getWhitespace().contains("\n") ? space : space.withWhitespace("\n");
        return line.withComments(all);
    }

    /** {@code if (variable == null) then else otherwise}. */
    static J.If ifNull(String variable, J.Block then, J.Block otherwise) {
        J.Literal nothing = new J.Literal(
                Tree.randomId(), Space.SINGLE_SPACE, Markers.EMPTY, null, "null", null, JavaType.Primitive.Null);
        J.Binary test = new J.Binary(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                name(variable),
                JLeftPadded.build(J.Binary.Type.Equal).withBefore(Space.SINGLE_SPACE),
                nothing,
                JavaType.Primitive.Boolean);
        return new J.If(
                Tree.randomId(),
                Space.format("\n"),
                Markers.EMPTY,
                control((Expression) test).withPrefix(Space.SINGLE_SPACE),
                JRightPadded.build(then.withPrefix(Space.SINGLE_SPACE)),
                new J.If.Else(
                        Tree.randomId(),
                        Space.SINGLE_SPACE,
                        Markers.EMPTY,
                        JRightPadded.build(otherwise.withPrefix(Space.SINGLE_SPACE))));
    }

    static <T extends J> J.ControlParentheses<T> control(T tree) {
        return new J.ControlParentheses<>(Tree.randomId(), Space.EMPTY, Markers.EMPTY, JRightPadded.build(tree));
    }

    /** {@code (type) expression}, in parentheses if a method is called on it. */
    static Expression cast(String type, Expression expression, boolean parentheses) {
        J.TypeCast cast = new J.TypeCast(
                Tree.randomId(),
                parentheses ? Space.EMPTY : expression.getPrefix(),
                Markers.EMPTY,
                control(name(type)),
                expression.withPrefix(Space.SINGLE_SPACE));
        return parentheses
                ? new J.Parentheses<>(
                        Tree.randomId(), expression.getPrefix(), Markers.EMPTY, JRightPadded.build((Expression) cast))
                : cast;
    }

    /**
     * Adds a comment in front, once.
     *
     * @param statement whether the comment may be on a line of its own, if the tree is
     */
    static <T extends J> T comment(T tree, String text, boolean statement) {
        String before = tree.getPrefix().getLastWhitespace();
        int line = before.lastIndexOf('\n');
        boolean ownLine = statement && line >= 0;
        String full = " Sockeye: " + text + (ownLine ? "" : " ");
        for (Comment comment : tree.getPrefix().getComments()) {
            if (comment instanceof TextComment there && there.getText().equals(full)) {
                return tree;
            }
        }
        List<Comment> comments = new ArrayList<>(tree.getPrefix().getComments());
        String suffix = ownLine ? before.substring(line) : " ";
        comments.add(new TextComment(!ownLine, full, suffix, Markers.EMPTY));
        return tree.withPrefix(tree.getPrefix().withComments(comments));
    }

    static J.NewClass newInstance(String type, Expression... arguments) {
        return new J.NewClass(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                null,
                Space.EMPTY,
                type(type).withPrefix(Space.SINGLE_SPACE),
                JContainer.build(padded(Arrays.asList(arguments))),
                null,
                null);
    }

    /** Wraps the statement in a {@code try} that converts an {@code IOException} to an unchecked exception. */
    static J.Try unchecked(J.MethodInvocation statement, String variable) {
        J.VariableDeclarations untyped = parameter(variable);
        J.VariableDeclarations caught = untyped.withTypeExpression(type("java.io.IOException"))
                .withVariables(List.of(untyped.getVariables().get(0).withPrefix(Space.SINGLE_SPACE)));
        J.Throw thrown = new J.Throw(
                Tree.randomId(),
                Space.format("\n"),
                Markers.EMPTY,
                newInstance("java.io.UncheckedIOException", name(variable)).withPrefix(Space.SINGLE_SPACE));
        J.Try.Catch handler = new J.Try.Catch(
                Tree.randomId(),
                Space.SINGLE_SPACE,
                Markers.EMPTY,
                control(caught).withPrefix(Space.SINGLE_SPACE),
                block(List.of(thrown)));
        return new J.Try(
                Tree.randomId(),
                statement.getPrefix(),
                Markers.EMPTY,
                null,
                block(List.of(statement.withPrefix(Space.format("\n")))),
                List.of(handler),
                null);
    }

    /** {@code Type.class}. */
    static J.FieldAccess classLiteral(String type) {
        return new J.FieldAccess(
                Tree.randomId(),
                Space.EMPTY,
                Markers.EMPTY,
                name(type),
                JLeftPadded.build(name("class")),
                JavaType.ShallowClass.build("java.lang.Class"));
    }

    /** All names that are used or declared in a tree. */
    static Set<String> names(@Nullable J tree) {
        Set<String> names = new HashSet<>();
        new JavaIsoVisitor<Set<String>>() {
            @Override
            public J.Identifier visitIdentifier(J.Identifier identifier, Set<String> found) {
                found.add(identifier.getSimpleName());
                return identifier;
            }
        }.visit(tree, names);
        return names;
    }

    /** The variables of a declaration. */
    static Set<String> declared(J declaration) {
        Set<String> names = new HashSet<>();
        if (declaration instanceof J.VariableDeclarations variables) {
            variables.getVariables().forEach(each -> names.add(each.getSimpleName()));
        }
        return names;
    }

    /** A name that is not taken: the first free candidate, or the last one with a number. */
    static String free(Set<String> taken, String... candidates) {
        for (String candidate : candidates) {
            if (!taken.contains(candidate)) {
                return candidate;
            }
        }
        int number = 2;
        String last = candidates[candidates.length - 1];
        while (taken.contains(last + number)) {
            number++;
        }
        return last + number;
    }
}
