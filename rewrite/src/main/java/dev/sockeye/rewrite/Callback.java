package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;

/** The parameters and body of a listener: from a lambda, an anonymous class, a method reference or a variable. */
record Callback(List<J.VariableDeclarations> parameters, J body, boolean moved) {

    /**
     * Reads an argument that implements an interface with one method.
     *
     * @param names the names of the parameters if the argument has none
     * @param method the method of the interface
     * @return {@code null} for an expression that cannot be evaluated later
     */
    static @Nullable Callback of(Expression argument, String method, Set<String> taken, String... names) {
        if (argument instanceof J.Lambda lambda) {
            List<J.VariableDeclarations> parameters = new ArrayList<>();
            for (J parameter : lambda.getParameters().getParameters()) {
                if (parameter instanceof J.VariableDeclarations declared) {
                    parameters.add(declared);
                }
            }
            return parameters.size() == names.length ? new Callback(parameters, lambda.getBody(), false) : null;
        }
        if (argument instanceof J.NewClass created) {
            return created.getBody() == null ? null : ofAnonymousClass(created.getBody(), names.length);
        }
        List<J.VariableDeclarations> parameters = new ArrayList<>();
        List<Expression> arguments = new ArrayList<>();
        for (String name : names) {
            String free = Trees.free(taken, name, name + "Given");
            parameters.add(Trees.parameter(free));
            arguments.add(Trees.name(free));
        }
        if (argument instanceof J.MemberReference reference) {
            Expression target = reference.getContaining();
            // other expressions are evaluated once, by the reference, but would be evaluated for each call of the
            // lambda
            boolean evaluatedLater = target instanceof J.Identifier || target instanceof J.FieldAccess;
            if (reference.getReference().getSimpleName().equals("new") || !evaluatedLater) {
                return null;
            }
            boolean implicit =
                    target instanceof J.Identifier self && self.getSimpleName().equals("this");
            return new Callback(
                    parameters,
                    Trees.call(
                            implicit ? null : target, reference.getReference().getSimpleName(), arguments),
                    false);
        }
        if (argument instanceof J.Identifier || argument instanceof J.FieldAccess) {
            return new Callback(parameters, Trees.call(argument.withPrefix(Space.EMPTY), method, arguments), false);
        }
        return null;
    }

    private static @Nullable Callback ofAnonymousClass(J.Block body, int parameters) {
        if (body.getStatements().size() != 1
                || !(body.getStatements().get(0) instanceof J.MethodDeclaration method)
                || method.getBody() == null
                || Trees.names(method.getBody()).contains("this")) {
            return null;
        }
        List<J.VariableDeclarations> declared = parametersOf(method);
        return declared.size() == parameters ? new Callback(declared, Trees.bodyWithComments(method), true) : null;
    }

    /** The parameters of a method in the form of lambda parameters, without types. */
    static List<J.VariableDeclarations> parametersOf(J.MethodDeclaration method) {
        List<J.VariableDeclarations> declared = new ArrayList<>();
        for (Statement parameter : method.getParameters()) {
            if (parameter instanceof J.VariableDeclarations each) {
                declared.add(Trees.parameter(each.getVariables().get(0).getSimpleName()));
            }
        }
        return declared;
    }

    String name(int parameter) {
        return parameters.get(parameter).getVariables().get(0).getSimpleName();
    }

    boolean uses(int parameter) {
        return Trees.names(body).contains(name(parameter));
    }
}
