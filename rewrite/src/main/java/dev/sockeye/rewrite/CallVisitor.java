package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.Cursor;
import org.openrewrite.ExecutionContext;
import org.openrewrite.Tree;
import org.openrewrite.java.ChangeType;
import org.openrewrite.java.JavaVisitor;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.JavaType;
import org.openrewrite.java.tree.Space;
import org.openrewrite.java.tree.Statement;
import org.openrewrite.java.tree.TypeTree;
import org.openrewrite.java.tree.TypeUtils;
import org.openrewrite.marker.Markers;

/** Translates a source file, inner expressions first; adds a comment where a translation is not possible. */
final class CallVisitor extends JavaVisitor<ExecutionContext> {
    private static final Set<String> DROPPED_IMPORTS = Set.of(
            "AckCallback",
            "AckMode",
            "AckRequest",
            "AuthorizationListener",
            "BroadcastOperations",
            "MultiTypeAckCallback",
            "MultiTypeArgs",
            "Transport",
            "VoidAckCallback",
            "listener.ConnectListener",
            "listener.DataListener",
            "listener.DisconnectListener",
            "listener.MultiTypeEventListener");

    private SourceFacts facts = new SourceFacts();

    @Override
    public J visitCompilationUnit(J.CompilationUnit source, ExecutionContext ctx) {
        facts = SourceFacts.of(source);
        J result = super.visitCompilationUnit(source, ctx);
        if (result != source) {
            DROPPED_IMPORTS.forEach(name -> maybeRemoveImport(Names.OLD + name));
            if (facts.idsBecomeStrings()) {
                doAfterVisit(new ChangeType("java.util.UUID", "java.lang.String", true).getVisitor());
            }
        }
        return result;
    }

    // the statement is not removed
    @Override
    @SuppressWarnings("NullAway")
    public @Nullable J visitMethodInvocation(J.MethodInvocation original, ExecutionContext ctx) {
        J.MethodInvocation call = (J.MethodInvocation) super.visitMethodInvocation(original, ctx);
        JavaType.Method type = original.getMethodType();
        if (type == null) {
            return call;
        }
        String owner = type.getDeclaringType().getFullyQualifiedName();
        Expression select = original.getSelect();
        if (facts.idsBecomeStrings() && owner.equals("java.util.UUID")) {
            return ofId(call);
        }
        if (select instanceof J.MethodInvocation inner && isHandshake(inner)) {
            if (inner.getSimpleName().equals("getHttpHeaders")
                    && call.getSimpleName().equals("get")) {
                Expression header = Calls.lowerCase(call.getArguments().get(0));
                if (!(header instanceof J.Literal)) {
                    maybeAddImport("java.util.Locale", null, false);
                }
                return call.withArguments(List.of(header));
            }
            if (inner.getSimpleName().equals("getAddress") && !owner.startsWith(Names.OLD)) {
                return target(call);
            }
        }
        if (select instanceof J.MethodInvocation inner
                && inner.getSimpleName().equals("getAddress")
                && inner.getSelect() instanceof J.MethodInvocation first
                && isHandshake(first)) {
            return target(call);
        }
        if (!owner.startsWith(Names.OLD)) {
            return call;
        }
        if (select == null) {
            return untranslated(call, owner); // in a subclass
        }
        if (is(select, Names.CONFIGURATION)) {
            return configure(call);
        }
        if (is(select, Names.SERVER) && call.getSimpleName().equals("start")) {
            return start(call, ctx);
        }
        J translated = translate(original, call, ctx);
        return translated != null ? translated : untranslated(call, owner);
    }

    private @Nullable J translate(J.MethodInvocation original, J.MethodInvocation call, ExecutionContext ctx) {
        Expression select = original.getSelect();
        if (is(select, Names.SERVER) || is(select, Names.NAMESPACE)) {
            switch (call.getSimpleName()) {
                case "getBroadcastOperations" -> {
                    return target(call);
                }
                case "getRoomOperations" -> {
                    return Trees.replace(call, call.getSelect(), "to", call.getArguments());
                }
                default -> {}
            }
            Listeners.Translated handler = Listeners.translate(call, taken());
            if (handler != null) {
                return handler.format() ? autoFormat(handler.call(), ctx) : handler.call();
            }
            return is(select, Names.SERVER) ? Calls.onServer(call) : Calls.onNamespace(call);
        }
        if (is(select, Names.CLIENT)) {
            if (call.getSimpleName().equals("sendEvent") && Calls.isParameter(original, 1, Names.ACK_CALLBACK)) {
                J.MethodInvocation asked = Listeners.ask(call, taken());
                if (asked != null) {
                    maybeAddImport("java.time.Duration", null, false);
                    return autoFormat(asked, ctx);
                }
                return null;
            }
            J.MethodInvocation translated = Calls.onClient(call);
            return translated != null && call.getSimpleName().equals("get") ? cast(original, translated) : translated;
        }
        if (is(select, Names.BROADCAST)) {
            return Calls.onBroadcast(call);
        }
        if (is(select, Names.HANDSHAKE)) {
            return Calls.onHandshake(call);
        }
        if (is(select, Names.ACK_REQUEST)) {
            return Calls.onAck(call);
        }
        return is(select, Names.MULTI_TYPE_ARGS) ? Calls.onArguments(call, original.getType()) : null;
    }

    /** The target of the call, with the formatting of the call. */
    private static J target(J.MethodInvocation call) {
        return Objects.requireNonNull(call.getSelect()).withPrefix(call.getPrefix());
    }

    private static boolean is(@Nullable Expression tree, String type) {
        return tree != null && TypeUtils.isAssignableTo(type, tree.getType());
    }

    private static boolean isHandshake(J.MethodInvocation call) {
        return is(call.getSelect(), Names.HANDSHAKE);
    }

    /** {@code UUID.fromString(x)} becomes {@code x}, as does {@code id.toString()} of an id. */
    private static J ofId(J.MethodInvocation call) {
        Expression value = switch (call.getSimpleName()) {
            case "fromString" -> call.getArguments().get(0);
            case "toString" -> call.getSelect();
            default -> null;
        };
        return value == null ? call : value.withPrefix(call.getPrefix());
    }

    /** {@code T get(String)} of a client has become {@code Object get(Object)} of a map. */
    private Expression cast(J.MethodInvocation original, J.MethodInvocation translated) {
        String type = Calls.simpleName(original.getType());
        boolean called = getCursor().getParentTreeCursor().getValue() instanceof J.MethodInvocation outer
                && outer.getSelect() != null
                && outer.getSelect().getId().equals(original.getId());
        return type == null ? translated : Trees.cast(type, translated, called);
    }

    private @Nullable J configure(J.MethodInvocation call) {
        boolean port =
                call.getSimpleName().equals("setPort") || call.getSimpleName().equals("setHostname");
        boolean statement = getCursor().getParentTreeCursor().getValue() instanceof J.Block;
        if (statement && ((port && facts.movesPort()) || Options.superfluous(call))) {
            return null;
        }
        J.MethodInvocation translated = Options.translate(call, taken());
        if (translated == null) {
            String about = call.getSimpleName().replace("setExceptionListener", "listener");
            return untranslated(call, Names.CONFIGURATION + "." + about);
        }
        if (translated.getArguments().get(0) instanceof J.MethodInvocation argument
                && Trees.names(argument).contains("Duration")) {
            maybeAddImport("java.time.Duration", null, false);
        }
        return translated;
    }

    private J start(J.MethodInvocation call, ExecutionContext ctx) {
        if (!facts.movesPort()) {
            return untranslated(call, Names.SERVER);
        }
        Expression address = facts.port().withPrefix(Space.EMPTY);
        if (facts.host() != null) {
            maybeAddImport("java.net.InetSocketAddress", null, false);
            address = Trees.newInstance("java.net.InetSocketAddress", facts.host(), address);
        }
        J.MethodInvocation listen = Trees.replace(call, call.getSelect(), "listen", address);
        if (!(getCursor().getParentTreeCursor().getValue() instanceof J.Block) || throwsIoException()) {
            return listen;
        }
        maybeAddImport("java.io.IOException", null, false);
        maybeAddImport("java.io.UncheckedIOException", null, false);
        return autoFormat(Trees.unchecked(listen, Trees.free(taken(), "e", "portTaken")), ctx);
    }

    private boolean throwsIoException() {
        J around = getCursor()
                .dropParentUntil(each -> each instanceof J.MethodDeclaration
                        || each instanceof J.Lambda
                        || each instanceof J.CompilationUnit)
                .getValue();
        if (!(around instanceof J.MethodDeclaration method) || method.getThrows() == null) {
            return false;
        }
        return method.getThrows().stream()
                .anyMatch(each -> TypeUtils.isAssignableTo(each.getType(), JavaType.buildType("java.io.IOException"))
                        || Set.of("IOException", "Exception", "Throwable").contains(each.toString()));
    }

    @Override
    public J visitMemberReference(J.MemberReference original, ExecutionContext ctx) {
        J.MemberReference reference = (J.MemberReference) super.visitMemberReference(original, ctx);
        JavaType.Method method = original.getMethodType();
        String owner = method == null ? "" : method.getDeclaringType().getFullyQualifiedName();
        if (!owner.startsWith(Names.OLD)) {
            return reference;
        }
        J.Identifier name = reference.getReference();
        String renamed = Calls.renamed(original.getContaining().getType(), name.getSimpleName());
        return renamed == null
                ? untranslated(reference, owner)
                : reference.withReference(name.withSimpleName(renamed)).withMethodType(null);
    }

    @Override
    public J visitNewClass(J.NewClass original, ExecutionContext ctx) {
        J.NewClass created = (J.NewClass) super.visitNewClass(original, ctx);
        TypeTree named = original.getClazz();
        JavaType.FullyQualified known = TypeUtils.asFullyQualified(named == null ? null : named.getType());
        String type = known == null ? "" : known.getFullyQualifiedName();
        boolean subclass = created.getBody() != null;
        if (subclass && (type.equals(Names.CONFIGURATION) || type.equals(Names.SERVER))) {
            return untranslated(created, type);
        }
        if (type.equals(Names.CONFIGURATION)) {
            maybeAddImport(Names.OPTIONS, null, false);
            J.MethodInvocation builder = Trees.call(Trees.type(Names.OPTIONS), "builder");
            if (!facts.choosesOrigins()) {
                builder = Trees.call(builder, "cors", Trees.yes());
            }
            return Trees.call(builder, "allowEIO3", Trees.yes()).withPrefix(created.getPrefix());
        }
        if (type.equals(Names.SERVER)) {
            Expression options = created.getArguments().get(0);
            return Trees.call(
                            Trees.type(Names.SOCKEYE_SERVER + "SocketIoServer"), "create", Trees.call(options, "build"))
                    .withPrefix(created.getPrefix());
        }
        // listeners and the results of their methods are part of a call that already has the comment
        boolean part = subclass || type.endsWith("Result") || type.endsWith("Listener");
        return !type.startsWith(Names.OLD) || part ? created : untranslated(created, type);
    }

    /** Converts a class with annotated methods to a controller. */
    @Override
    public J visitClassDeclaration(J.ClassDeclaration original, ExecutionContext ctx) {
        J.ClassDeclaration visited = (J.ClassDeclaration) super.visitClassDeclaration(original, ctx);
        J.ClassDeclaration type = markListener(visited);
        boolean handlers = false;
        for (Statement statement : type.getBody().getStatements()) {
            handlers |= statement instanceof J.MethodDeclaration method
                    && method.getLeadingAnnotations().stream().anyMatch(CallVisitor::isHandler);
        }
        if (!handlers
                || type.getLeadingAnnotations().stream()
                        .anyMatch(each -> each.getSimpleName().equals("SocketIoController"))) {
            return type;
        }
        maybeAddImport(Names.CONTROLLER, null, false);
        J.Annotation controller =
                new J.Annotation(Tree.randomId(), Space.EMPTY, Markers.EMPTY, Trees.type(Names.CONTROLLER), null);
        List<J.Annotation> annotations = new ArrayList<>(type.getLeadingAnnotations());
        annotations.add(controller);
        J.ClassDeclaration annotated = type.withLeadingAnnotations(annotations);
        return autoFormat(annotated, annotated.getName(), ctx, getCursor().getParentOrThrow());
    }

    /** A class that implements a listener is used by calls in other files, too. */
    private static J.ClassDeclaration markListener(J.ClassDeclaration type) {
        if (type.getImplements() == null) {
            return type;
        }
        for (TypeTree each : type.getImplements()) {
            JavaType.FullyQualified implemented = TypeUtils.asFullyQualified(each.getType());
            String name = implemented == null ? "" : implemented.getFullyQualifiedName();
            if (name.startsWith(Names.OLD)) {
                return Trees.comment(type, untranslated(name), true);
            }
        }
        return type;
    }

    private static boolean isHandler(J.Annotation annotation) {
        JavaType.FullyQualified type = TypeUtils.asFullyQualified(annotation.getType());
        return type != null && type.getFullyQualifiedName().startsWith(Names.ANNOTATIONS);
    }

    private <T extends J> T untranslated(T tree, String owner) {
        boolean statement = getCursor().getParentTreeCursor().getValue() instanceof J.Block;
        return Trees.comment(tree, untranslated(owner), statement);
    }

    private static String untranslated(String name) {
        return "not translated; see \"" + Calls.section(name) + "\" in the migration guide";
    }

    /** The names that a new variable must not have: those declared in the surrounding code, and those used in the call itself. */
    private Set<String> taken() {
        Set<String> names = new HashSet<>();
        J call = getCursor().getValue();
        if (call instanceof J.MethodInvocation invocation) {
            invocation.getArguments().forEach(argument -> names.addAll(Trees.names(argument)));
        }
        for (Cursor around = getCursor(); around.getParent() != null; around = around.getParent()) {
            Object tree = around.getValue();
            if (tree instanceof J.Block block) {
                block.getStatements().stream()
                        .filter(J.VariableDeclarations.class::isInstance)
                        .forEach(each -> names.addAll(Trees.declared(each)));
            } else if (tree instanceof J.Lambda lambda) {
                lambda.getParameters().getParameters().forEach(each -> names.addAll(Trees.declared(each)));
            } else if (tree instanceof J.ForLoop loop) {
                names.addAll(Trees.names(loop.getControl()));
            } else if (tree instanceof J.ForEachLoop loop) {
                names.addAll(Trees.names(loop.getControl()));
            } else if (tree instanceof J.Try attempt && attempt.getResources() != null) {
                attempt.getResources().forEach(each -> names.addAll(Trees.names(each)));
            } else if (tree instanceof J.MethodDeclaration method) {
                method.getParameters().forEach(each -> names.addAll(Trees.declared(each)));
                return names;
            }
        }
        return names;
    }
}
