package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;

/** Converts setters of netty-socketio's {@code Configuration} to calls of the options builder. */
final class Options {
    private static final Map<String, String> DURATIONS = Map.of(
            "setPingInterval", "pingInterval", "setPingTimeout", "pingTimeout", "setUpgradeTimeout", "upgradeTimeout");
    private static final Map<String, String> RENAMED = Map.of(
            "setContext", "path",
            "setMaxHttpContentLength", "maxHttpBufferSize",
            "setMaxFramePayloadLength", "maxHttpBufferSize",
            "setWebsocketCompression", "perMessageDeflate",
            "setEnableCors", "cors");
    /** Setters without a counterpart, because there is nothing to configure. */
    private static final Set<String> WITHOUT_EFFECT = Set.of(
            "setBossThreads",
            "setUseLinuxNativeEpoll",
            "setPreferDirectBuffer",
            "setAddVersionHeader",
            "setRandomSession");

    private Options() {}

    /** Whether the call can be removed. */
    static boolean superfluous(J.MethodInvocation call) {
        Expression value = call.getArguments().get(0);
        return switch (call.getSimpleName()) {
            case "setAckMode" -> Trees.names(value).contains("MANUAL");
            case "setHttpCompression" -> isTrue(value);
            default -> WITHOUT_EFFECT.contains(call.getSimpleName());
        };
    }

    static J.@Nullable MethodInvocation translate(J.MethodInvocation call, Set<String> taken) {
        String name = call.getSimpleName();
        Expression select = call.getSelect();
        Expression value = call.getArguments().get(0);
        if (DURATIONS.containsKey(name)) {
            Expression time = Trees.call(Trees.type("java.time.Duration"), "ofMillis", value);
            return Trees.replace(call, select, DURATIONS.get(name), time);
        }
        if (RENAMED.containsKey(name)) {
            return Trees.replace(call, select, RENAMED.get(name), value);
        }
        return switch (name) {
            case "setOrigin" -> {
                String cors = Trees.free(taken, "cors", "corsOptions");
                J.MethodInvocation origins = Trees.call(Trees.name(cors), "origins", value);
                yield Trees.replace(
                        call, select, "cors", Trees.lambda(cors, Trees.call(origins, "credentials", Trees.yes())));
            }
            case "setAllowHeaders" -> allowedHeaders(call, value, taken);
            case "setHttpCompression" -> {
                if (!(value instanceof J.Literal)) {
                    yield null;
                }
                String engine = Trees.free(taken, "engine", "engineOptions");
                J.MethodInvocation never = Trees.call(Trees.name(engine), "httpCompressionThreshold", Trees.number(-1));
                yield Trees.replace(call, select, "engine", Trees.lambda(engine, never));
            }
            case "setTransports" -> transports(call);
            default -> null;
        };
    }

    private static J.@Nullable MethodInvocation allowedHeaders(
            J.MethodInvocation call, Expression value, Set<String> taken) {
        if (!(value instanceof J.Literal literal) || !(literal.getValue() instanceof String list)) {
            return null;
        }
        List<Expression> headers = new ArrayList<>();
        for (String header : list.split(",", -1)) {
            headers.add(Trees.string(header.trim()));
        }
        String cors = Trees.free(taken, "cors", "corsOptions");
        return Trees.replace(
                call,
                call.getSelect(),
                "cors",
                Trees.lambda(cors, Trees.call(Trees.name(cors), "allowedHeaders", headers)));
    }

    private static J.@Nullable MethodInvocation transports(J.MethodInvocation call) {
        List<Expression> names = new ArrayList<>();
        for (Expression transport : call.getArguments()) {
            String name = transport instanceof J.FieldAccess access
                    ? access.getSimpleName()
                    : transport instanceof J.Identifier identifier ? identifier.getSimpleName() : "";
            if (!name.equals("WEBSOCKET") && !name.equals("POLLING")) {
                return null;
            }
            names.add(Trees.string(name.toLowerCase(Locale.ROOT)));
        }
        return Trees.replace(call, call.getSelect(), "transports", names);
    }

    private static boolean isTrue(Expression value) {
        return value instanceof J.Literal literal && Boolean.TRUE.equals(literal.getValue());
    }
}
