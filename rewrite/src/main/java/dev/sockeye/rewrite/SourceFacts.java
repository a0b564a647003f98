package dev.sockeye.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.openrewrite.Cursor;
import org.openrewrite.java.JavaIsoVisitor;
import org.openrewrite.java.tree.Expression;
import org.openrewrite.java.tree.Flag;
import org.openrewrite.java.tree.J;
import org.openrewrite.java.tree.JavaType;
import org.openrewrite.java.tree.TypeUtils;

/** Information about a source file that is needed before its calls are translated. */
final class SourceFacts {
    private final List<J.MethodInvocation> ports = new ArrayList<>();
    private final List<J.MethodInvocation> hosts = new ArrayList<>();
    private final Set<String> declared = new HashSet<>();
    private int starts;
    private boolean startsAsync;
    private boolean conditional;
    private boolean choosesOrigins;
    private boolean sessionIds;
    private boolean otherIds;

    static SourceFacts of(J.CompilationUnit source) {
        SourceFacts facts = new SourceFacts();
        new JavaIsoVisitor<Set<String>>() {
            @Override
            public J.ClassDeclaration visitClassDeclaration(J.ClassDeclaration type, Set<String> names) {
                if (type.getType() != null) {
                    names.add(type.getType().getFullyQualifiedName());
                }
                return super.visitClassDeclaration(type, names);
            }
        }.visit(source, facts.declared);
        new Reader().visit(source, facts);
        return facts;
    }

    /** Whether the file calls {@code setOrigin} or {@code setEnableCors}. */
    boolean choosesOrigins() {
        return choosesOrigins;
    }

    /** Whether all {@code UUID} of the file are ids of clients, so that the type can become {@code String}. */
    boolean idsBecomeStrings() {
        return sessionIds && !otherIds;
    }

    /** Whether port and host can be moved from the configuration to {@code listen}. */
    boolean movesPort() {
        return starts == 1
                && !startsAsync
                && !conditional
                && ports.size() == 1
                && hosts.size() <= 1
                && movable(ports.get(0))
                && (hosts.isEmpty() || movable(hosts.get(0)));
    }

    Expression port() {
        return ports.get(0).getArguments().get(0);
    }

    @Nullable
    Expression host() {
        return hosts.isEmpty() ? null : hosts.get(0).getArguments().get(0);
    }

    /** A class of the application in another file: its UUIDs need not be ids of clients. */
    private boolean isForeign(String owner) {
        return !owner.startsWith(Names.OLD) && !owner.startsWith("java.") && !declared.contains(owner);
    }

    /** Whether an expression has the same meaning in another method: literals and fields do. */
    private static boolean movable(J.MethodInvocation call) {
        Expression value = call.getArguments().get(0);
        if (value instanceof J.Literal) {
            return true;
        }
        JavaType.Variable variable = value instanceof J.Identifier name
                ? name.getFieldType()
                : value instanceof J.FieldAccess access ? access.getName().getFieldType() : null;
        return variable != null
                && (variable.getOwner() instanceof JavaType.FullyQualified || variable.hasFlags(Flag.Static));
    }

    private static final class Reader extends JavaIsoVisitor<SourceFacts> {
        @Override
        public J.MethodInvocation visitMethodInvocation(J.MethodInvocation call, SourceFacts facts) {
            JavaType.Method type = call.getMethodType();
            String owner = type == null ? "" : type.getDeclaringType().getFullyQualifiedName();
            switch (call.getSimpleName()) {
                case "setPort" -> {
                    if (owner.equals(Names.CONFIGURATION)) {
                        facts.ports.add(call);
                        facts.conditional |= !isAlwaysExecuted();
                    }
                }
                case "setHostname" -> {
                    if (owner.equals(Names.CONFIGURATION)) {
                        facts.hosts.add(call);
                        facts.conditional |= !isAlwaysExecuted();
                    }
                }
                case "start" -> {
                    if (owner.equals(Names.SERVER)) {
                        facts.starts++;
                    }
                }
                case "startAsync" -> facts.startsAsync |= owner.equals(Names.SERVER);
                case "setOrigin", "setEnableCors" -> facts.choosesOrigins |= owner.equals(Names.CONFIGURATION);
                case "getSessionId" -> facts.sessionIds |= owner.startsWith(Names.OLD);
                case "getClient" -> facts.sessionIds |= owner.startsWith(Names.OLD);
                case "randomUUID", "nameUUIDFromBytes" -> facts.otherIds |= owner.equals("java.util.UUID");
                default -> {}
            }
            facts.otherIds |= type != null && isId(type.getReturnType()) && facts.isForeign(owner);
            return super.visitMethodInvocation(call, facts);
        }

        /** A statement of a method, not of an {@code if} or a lambda. */
        private boolean isAlwaysExecuted() {
            Cursor around = getCursor().getParentTreeCursor();
            return around.getValue() instanceof J.Block
                    && around.getParentTreeCursor().getValue() instanceof J.MethodDeclaration;
        }

        @Override
        public J.FieldAccess visitFieldAccess(J.FieldAccess access, SourceFacts facts) {
            JavaType.Variable field = access.getName().getFieldType();
            JavaType.FullyQualified owner = field == null ? null : TypeUtils.asFullyQualified(field.getOwner());
            facts.otherIds |= owner != null && isId(access.getType()) && facts.isForeign(owner.getFullyQualifiedName());
            return super.visitFieldAccess(access, facts);
        }

        private static boolean isId(@Nullable JavaType type) {
            return TypeUtils.isOfClassType(type, "java.util.UUID");
        }

        @Override
        public J.NewClass visitNewClass(J.NewClass created, SourceFacts facts) {
            facts.otherIds |= TypeUtils.isOfClassType(created.getType(), "java.util.UUID");
            return super.visitNewClass(created, facts);
        }
    }
}
