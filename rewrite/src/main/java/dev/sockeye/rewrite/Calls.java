package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.JavaType;
import org.openrewrite.java.tree.TypeUtils;

/** Translates individual calls on servers, namespaces, clients, broadcasts, handshakes and acknowledgements. */
final class Calls {
    /** Calls that only change their name. */
    private static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("joinRoom", "join"),
            Map.entry("leaveRoom", "leave"),
            Map.entry("getAllRooms", "rooms"),
            Map.entry("getHandshakeData", "handshake"),
            Map.entry("getNamespace", "namespace"),
            Map.entry("isChannelOpen", "connected"),
            Map.entry("isWritable", "writable"),
            Map.entry("sendEvent", "emit"),
            Map.entry("disconnect", "disconnect"),
            Map.entry("getSessionId", "id"));

    private Calls() {}

    static J.@Nullable MethodInvocation onServer(J.MethodInvocation call) {
        Expression select = call.getSelect();
        List<Expression> arguments = call.getArguments();
        return switch (call.getSimpleName()) {
            case "stop" -> Trees.replace(call, select, "close");
            case "addNamespace", "getNamespace" -> Trees.replace(call, select, "of", arguments);
            case "getAllNamespaces" -> Trees.replace(call, Trees.call(select, "namespaces"), "values");
            case "getAllClients" -> Trees.replace(call, sockets(select), "values");
            case "getClient" -> Trees.replace(call, sockets(select), "get", arguments);
            default -> null;
        };
    }

    /** The new name of a method that keeps its parameters; {@code null} if there is none. */
    static @Nullable String renamed(@Nullable JavaType target, String method) {
        if (TypeUtils.isAssignableTo(Names.CLIENT, target)) {
            return RENAMED.get(method);
        }
        if (TypeUtils.isAssignableTo(Names.HANDSHAKE, target)) {
            return ofHandshake(method);
        }
        if (TypeUtils.isAssignableTo(Names.ACK_REQUEST, target)) {
            return method.equals("isAckRequested") ? "expected" : null;
        }
        if (TypeUtils.isAssignableTo(Names.SERVER, target)) {
            return method.equals("stop") ? "close" : null;
        }
        return TypeUtils.isAssignableTo(Names.NAMESPACE, target) && method.equals("getName") ? "name" : null;
    }

    private static Expression sockets(@Nullable Expression server) {
        return Trees.call(Trees.call(server, "sockets"), "sockets");
    }

    static J.@Nullable MethodInvocation onNamespace(J.MethodInvocation call) {
        Expression select = call.getSelect();
        return switch (call.getSimpleName()) {
            case "getName" -> Trees.replace(call, select, "name");
            case "getAllClients" -> Trees.replace(call, Trees.call(select, "sockets"), "values");
            case "getClient" -> Trees.replace(call, Trees.call(select, "sockets"), "get", call.getArguments());
            default -> null;
        };
    }

    static J.@Nullable MethodInvocation onClient(J.MethodInvocation call) {
        Expression select = call.getSelect();
        List<Expression> arguments = call.getArguments();
        String name = call.getSimpleName();
        return switch (name) {
            case "joinRooms" -> Trees.replace(call, select, "join", array(arguments.get(0)));
            case "leaveRooms" -> Trees.replace(call, select, "leave", array(arguments.get(0)));
            case "set" -> Trees.replace(call, Trees.call(select, "data"), "put", arguments);
            case "get" -> Trees.replace(call, Trees.call(select, "data"), "get", arguments);
            case "has" -> Trees.replace(call, Trees.call(select, "data"), "containsKey", arguments);
            case "del" -> Trees.replace(call, Trees.call(select, "data"), "remove", arguments);
            case "getRemoteAddress" -> Trees.replace(call, Trees.call(select, "handshake"), "address");
            default ->
                RENAMED.containsKey(name) ? Trees.replace(call, select, RENAMED.get(name), none(arguments)) : null;
        };
    }

    /** {@code set.toArray(String[]::new)}. */
    private static Expression array(Expression set) {
        return Trees.call(set, "toArray", Trees.name("String[]::new"));
    }

    static List<Expression> none(List<Expression> arguments) {
        return arguments.size() == 1 && arguments.get(0) instanceof J.Empty ? List.of() : arguments;
    }

    static J.@Nullable MethodInvocation onBroadcast(J.MethodInvocation call) {
        Expression select = call.getSelect();
        List<Expression> arguments = call.getArguments();
        if (call.getSimpleName().equals("disconnect")) {
            return Trees.replace(call, select, "disconnectSockets");
        }
        if (!call.getSimpleName().equals("sendEvent")) {
            return null;
        }
        for (int i = 1; i < parameters(call).size(); i++) {
            if (isParameter(call, i, Names.OLD + "BroadcastAckCallback")
                    || isParameter(call, i, "java.util.function.Predicate")) {
                return null;
            }
        }
        if (isParameter(call, 1, Names.CLIENT)) {
            Expression others = Trees.call(select, "except", Trees.call(arguments.get(1), "id"));
            List<Expression> rest = new ArrayList<>(arguments);
            rest.remove(1);
            return Trees.replace(call, others, "emit", rest);
        }
        return Trees.replace(call, select, "emit", arguments);
    }

    static J.@Nullable MethodInvocation onHandshake(J.MethodInvocation call) {
        String name = ofHandshake(call.getSimpleName());
        return name == null ? null : Trees.replace(call, call.getSelect(), name, none(call.getArguments()));
    }

    private static @Nullable String ofHandshake(String method) {
        return switch (method) {
            case "getSingleUrlParam" -> "query";
            case "getUrlParams" -> "queryAll";
            case "getHttpHeaders" -> "headers";
            case "getAddress" -> "address";
            case "getUrl" -> "url";
            case "getAuthToken" -> "auth";
            case "isXdomain" -> "xdomain";
            default -> null;
        };
    }

    static J.@Nullable MethodInvocation onAck(J.MethodInvocation call) {
        return switch (call.getSimpleName()) {
            case "isAckRequested" -> Trees.replace(call, call.getSelect(), "expected");
            case "sendAckData" ->
                isParameter(call, 0, "java.util.List")
                        ? Trees.replace(
                                call,
                                call.getSelect(),
                                "send",
                                Trees.call(call.getArguments().get(0), "toArray"))
                        : Trees.replace(call, call.getSelect(), "send", none(call.getArguments()));
            default -> null;
        };
    }

    /** {@code args.first()} becomes {@code args.get(0, Type.class)}; the type is the one expected at the call site. */
    static J.@Nullable MethodInvocation onArguments(J.MethodInvocation call, @Nullable JavaType expected) {
        Expression select = call.getSelect();
        Expression index = switch (call.getSimpleName()) {
            case "first" -> Trees.number(0);
            case "second" -> Trees.number(1);
            case "get" -> call.getArguments().get(0);
            default -> null;
        };
        if (index == null) {
            return switch (call.getSimpleName()) {
                case "size", "isEmpty" -> call;
                case "getArgs" -> Trees.replace(call, select, "toList");
                default -> null;
            };
        }
        String type = simpleName(expected);
        return type == null
                ? Trees.replace(call, select, "get", index)
                : Trees.replace(call, select, "get", index, Trees.classLiteral(type));
    }

    /** {@code null} for {@code Object} and for anything that is not a class. */
    static @Nullable String simpleName(@Nullable JavaType type) {
        JavaType.FullyQualified known = TypeUtils.asFullyQualified(type);
        if (known == null
                || type instanceof JavaType.GenericTypeVariable
                || type instanceof JavaType.Unknown
                || known.getFullyQualifiedName().equals("java.lang.Object")) {
            return null;
        }
        return known.getClassName();
    }

    /** Header names are in lower case in Sockeye. */
    static Expression lowerCase(Expression name) {
        return name instanceof J.Literal literal && literal.getValue() instanceof String text
                ? Trees.string(text.toLowerCase(Locale.ROOT))
                : Trees.call(name, "toLowerCase", Trees.name("Locale.ROOT"));
    }

    static boolean isParameter(J.MethodInvocation call, int index, String type) {
        List<JavaType> parameters = parameters(call);
        return index < parameters.size() && TypeUtils.isOfClassType(parameters.get(index), type);
    }

    private static List<JavaType> parameters(J.MethodInvocation call) {
        JavaType.Method type = call.getMethodType();
        return type == null ? List.of() : type.getParameterTypes();
    }

    /** The section of the migration guide about a type or member of netty-socketio. */
    static String section(String name) {
        if (name.contains("Auth") || name.contains("Handshake")) {
            return "Authorization and handshake";
        }
        if (name.contains("StoreFactory")) {
            return "Several servers";
        }
        if (name.contains("listener") || name.contains("ClientListeners")) {
            return "Listeners";
        }
        if (name.contains("Ack")) {
            return "Acknowledgements";
        }
        if (name.contains("Config") || name.contains("JsonSupport")) {
            return "Configuration";
        }
        if (name.contains("Broadcast")) {
            return "Broadcasting";
        }
        if (name.contains("annotation")) {
            return "Spring";
        }
        return name.contains("SocketIOClient") || name.contains("ClientOperations") || name.contains(".store.")
                ? "Client"
                : "Server";
    }
}
