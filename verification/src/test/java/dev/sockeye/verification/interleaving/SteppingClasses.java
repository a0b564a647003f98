package dev.sockeye.verification.interleaving;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/** Loads classes with a call of {@link Interleavings#step()} at each point where effects of another thread could be visible. */
final class SteppingClasses extends ClassLoader {
    private static final String HOOKS = Type.getInternalName(Interleavings.class);

    private final Class<? extends Scenario> scenario;
    private final List<String> prefixes;

    SteppingClasses(Class<? extends Scenario> scenario, String... prefixes) {
        super(scenario.getClassLoader());
        this.scenario = scenario;
        this.prefixes = Stream.concat(Stream.of(scenario.getName()), Stream.of(prefixes))
                .toList();
    }

    Scenario newScenario() throws ReflectiveOperationException {
        var constructor = loadClass(scenario.getName()).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (Scenario) constructor.newInstance();
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (prefixes.stream().noneMatch(name::startsWith)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known != null ? known : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (in == null) {
                throw new ClassNotFoundException(name);
            }
            ClassReader reader = new ClassReader(in);
            ClassWriter writer = new ClassWriter(reader, 0);
            reader.accept(name.startsWith(scenario.getName()) ? writer : new Stepping(writer), 0);
            byte[] code = writer.toByteArray();
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Stepping extends ClassVisitor {
        private final Set<String> constants = new HashSet<>();
        private String name = "";

        Stepping(ClassVisitor next) {
            super(Opcodes.ASM9, next);
        }

        @Override
        public void visit(int version, int access, String named, String signature, String parent, String[] interfaces) {
            name = named;
            super.visit(version, access, named, signature, parent, interfaces);
        }

        @Override
        public FieldVisitor visitField(int access, String field, String descriptor, String signature, Object value) {
            if ((access & Opcodes.ACC_FINAL) != 0) {
                constants.add(field);
            }
            return super.visitField(access, field, descriptor, signature, value);
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String descriptor, String signature, String[] thrown) {
            MethodVisitor next = super.visitMethod(access, method, descriptor, signature, thrown);
            return method.startsWith("<")
                    ? next
                    : new Steps(
                            next,
                            (access & Opcodes.ACC_SYNCHRONIZED) != 0,
                            (owner, field) -> owner.equals(name) && constants.contains(field));
        }
    }

    private static final class Steps extends MethodVisitor {
        private final boolean locked;
        private final BiPredicate<String, String> constant;

        Steps(MethodVisitor next, boolean locked, BiPredicate<String, String> constant) {
            super(Opcodes.ASM9, next);
            this.locked = locked;
            this.constant = constant;
        }

        private void call(String hook) {
            super.visitMethodInsn(Opcodes.INVOKESTATIC, HOOKS, hook, "()V", false);
        }

        @Override
        public void visitCode() {
            super.visitCode();
            if (locked) {
                call("entered");
            }
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
            if (!constant.test(owner, name)) {
                call("step");
            }
            super.visitFieldInsn(opcode, owner, name, descriptor);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.equals("java/lang/invoke/VarHandle") || owner.startsWith("java/util/concurrent/")) {
                call("step");
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }

        @Override
        public void visitInsn(int opcode) {
            boolean leaves = opcode == Opcodes.ATHROW || (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN);
            if (opcode == Opcodes.AALOAD || opcode == Opcodes.AASTORE) {
                call("step");
            } else if (opcode == Opcodes.MONITOREXIT || (leaves && locked)) {
                call("leaving");
            }
            super.visitInsn(opcode);
            if (opcode == Opcodes.MONITORENTER) {
                call("entered");
            } else if (opcode == Opcodes.MONITOREXIT) {
                call("step");
            }
        }
    }
}
