package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.Statement;

/** Converts listeners of a server or namespace to handlers of each socket: {@code server.onConnection(client -> client.on(...))}. */
final class Listeners {

    /** A translated call, and whether code was moved, so that it must be formatted. */
    record Translated(J.MethodInvocation call, boolean format) {}

    private Listeners() {}

    static @Nullable Translated translate(J.MethodInvocation call, Set<String> taken) {
        List<Expression> arguments = call.getArguments();
        return switch (call.getSimpleName()) {
            case "addConnectListener" -> connect(call, arguments.get(0));
            case "addDisconnectListener" -> disconnect(call, arguments.get(0), taken);
            case "addEventListener" -> event(call, arguments.get(0), arguments.get(1), arguments.get(2), taken);
            case "addMultiTypeEventListener" -> event(call, arguments.get(0), null, arguments.get(1), taken);
            default -> null;
        };
    }

    private static @Nullable Translated connect(J.MethodInvocation call, Expression listener) {
        if (listener instanceof J.MemberReference) {
            return new Translated(Trees.replace(call, call.getSelect(), "onConnection", listener), false);
        }
        Callback callback = Callback.of(listener, "onConnect", Set.of(), "client");
        return callback == null ? null : onConnection(call, callback, callback.body());
    }

    private static @Nullable Translated disconnect(J.MethodInvocation call, Expression listener, Set<String> taken) {
        Callback callback = Callback.of(listener, "onDisconnect", taken, "client");
        if (callback == null) {
            return null;
        }
        List<J.VariableDeclarations> parameters = List.of(
                Trees.parameter(Trees.free(taken, "reason", "disconnectReason")),
                Trees.parameter(Trees.free(taken, "details", "disconnectDetails")));
        J.Lambda handler = Trees.lambda(parameters, callback.body());
        return onConnection(call, callback, Trees.call(Trees.name(callback.name(0)), "onDisconnect", handler));
    }

    private static @Nullable Translated event(
            J.MethodInvocation call,
            Expression event,
            @Nullable Expression type,
            Expression listener,
            Set<String> taken) {
        String data = type == null ? "args" : "data";
        Callback callback = Callback.of(listener, "onData", taken, "client", data, "ack");
        if (callback == null) {
            return null;
        }
        List<J.VariableDeclarations> parameters =
                new ArrayList<>(callback.parameters().subList(1, 3));
        List<Expression> arguments = new ArrayList<>(List.of(event));
        boolean usesData = callback.uses(1);
        boolean usesAck = callback.uses(2);
        if (type != null && usesData && !isVoid(type)) {
            arguments.add(type);
            if (!usesAck) {
                parameters.remove(1);
            }
        } else if (!usesData && !usesAck) {
            parameters.clear();
        } else if (type != null) {
            // the handler gets all arguments instead of one of a declared type
            parameters.replaceAll(
                    each -> Trees.parameter(each.getVariables().get(0).getSimpleName()));
        }
        arguments.add(Trees.lambda(parameters, callback.body()).withPrefix(listener.getPrefix()));
        return onConnection(call, callback, Trees.call(Trees.name(callback.name(0)), "on", arguments));
    }

    private static boolean isVoid(Expression type) {
        return type instanceof J.FieldAccess access
                && access.getTarget() instanceof J.Identifier name
                && name.getSimpleName().equals("Void");
    }

    private static Translated onConnection(J.MethodInvocation call, Callback callback, J body) {
        J.Lambda handler = Trees.lambda(List.of(callback.parameters().get(0)), body);
        return new Translated(Trees.replace(call, call.getSelect(), "onConnection", handler), callback.moved());
    }

    /** {@code client.sendEvent("e", new AckCallback<T>(T.class, 5) {...}, args)}. */
    static J.@Nullable MethodInvocation ask(J.MethodInvocation call, Set<String> taken) {
        List<Expression> given = call.getArguments();
        if (!(given.get(1) instanceof J.NewClass callback) || callback.getBody() == null) {
            return null;
        }
        J.MethodDeclaration success = null;
        J.Block succeeded = null;
        J.Block timedOut = null;
        for (Statement statement : callback.getBody().getStatements()) {
            if (!(statement instanceof J.MethodDeclaration method) || method.getBody() == null) {
                return null;
            }
            switch (method.getSimpleName()) {
                case "onSuccess" -> {
                    success = method;
                    succeeded = Trees.bodyWithComments(method);
                }
                case "onTimeout" -> timedOut = Trees.bodyWithComments(method);
                default -> {
                    return null;
                }
            }
        }
        if (success == null
                || succeeded == null
                || Trees.names(callback.getBody()).contains("this")) {
            return null;
        }
        List<Expression> arguments = new ArrayList<>(List.of(given.get(0)));
        Expression timeout = null;
        for (Expression argument : callback.getArguments()) {
            if (argument instanceof J.FieldAccess type && type.getSimpleName().equals("class")) {
                arguments.add(argument);
            } else if (!(argument instanceof J.Empty)) {
                timeout = argument;
            }
        }
        List<J.VariableDeclarations> answer = Callback.parametersOf(success);
        if (answer.isEmpty()) { // VoidAckCallback
            arguments.add(Trees.classLiteral("Void"));
            answer = List.of(Trees.parameter(Trees.free(taken, "nothing", "none")));
        } else if (arguments.size() > 2) {
            return null; // several types
        }
        arguments.addAll(given.subList(2, given.size()));
        Expression asked = call.getSelect();
        if (timeout != null) {
            asked = Trees.call(asked, "timeout", Trees.call(Trees.type("java.time.Duration"), "ofSeconds", timeout));
        }
        J.MethodInvocation sent = Trees.call(asked, "emitWithAck", arguments);
        if (timedOut == null) {
            return Trees.replace(call, sent, "thenAccept", Trees.lambda(answer, succeeded));
        }
        String failure = Trees.free(taken, "failure", "askFailure");
        List<J.VariableDeclarations> both = List.of(answer.get(0), Trees.parameter(failure));
        J.Block branches = Trees.block(List.of(Trees.ifNull(failure, succeeded, timedOut)));
        return Trees.replace(call, sent, "whenComplete", Trees.lambda(both, branches));
    }
}
