package dev.sockeye.verification.locks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * Finds calls of foreign code while a monitor or a lock of {@code java.util.concurrent} is held: directly, or in one of our methods that is
 * called with the lock held, to any depth. Follows calls whose target is known, not those through our own interfaces.
 */
final class LockScan {
    /** Interfaces of the JDK that are implemented by callers. */
    private static final Set<String> CALLBACKS = Set.of(
            "java/lang/Runnable",
            "java/util/concurrent/Callable",
            "java/util/concurrent/Executor",
            "java/lang/Iterable");

    /** These run what depends on the future. */
    private static final Set<String> COMPLETIONS =
            Set.of("complete", "completeExceptionally", "cancel", "obtrudeValue", "obtrudeException", "completeAsync");

    private final Map<String, ClassNode> classes = new HashMap<>();
    private final Set<String> found = new TreeSet<>();
    private final Set<String> visited = new HashSet<>();

    LockScan(Collection<InputStream> files) {
        for (InputStream file : files) {
            ClassNode node = new ClassNode();
            try (file) {
                new ClassReader(file).accept(node, ClassReader.SKIP_DEBUG);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            classes.put(node.name, node);
        }
    }

    /** Each as {@code the method that holds the lock > methods called > foreign method}. */
    Set<String> findings() {
        for (ClassNode type : classes.values()) {
            for (MethodNode method : type.methods) {
                boolean locked = (method.access & Opcodes.ACC_SYNCHRONIZED) != 0;
                scan(method, locked ? 1 : 0, name(type.name, method.name));
            }
        }
        return found;
    }

    private static String name(String owner, String method) {
        return owner.substring(owner.lastIndexOf('/') + 1) + "." + method;
    }

    private void scan(MethodNode method, int depth, String path) {
        InsnList code = method.instructions;
        int[] held = new int[code.size()];
        Arrays.fill(held, -1);
        ArrayDeque<AbstractInsnNode> todo = new ArrayDeque<>();
        reach(code, code.getFirst(), depth, held, todo);
        while (!todo.isEmpty()) {
            AbstractInsnNode at = todo.remove();
            int before = held[code.indexOf(at)];
            for (TryCatchBlockNode block : method.tryCatchBlocks) {
                int index = code.indexOf(at);
                if (index >= code.indexOf(block.start) && index < code.indexOf(block.end)) {
                    reach(code, block.handler, before, held, todo);
                }
            }
            int after = Math.max(0, before + change(at));
            boolean ends = at.getOpcode() == Opcodes.ATHROW
                    || at.getOpcode() == Opcodes.GOTO
                    || (at.getOpcode() >= Opcodes.IRETURN && at.getOpcode() <= Opcodes.RETURN);
            if (at instanceof JumpInsnNode jump) {
                reach(code, jump.label, after, held, todo);
            } else if (at instanceof TableSwitchInsnNode choice) {
                choice.labels.forEach(label -> reach(code, label, after, held, todo));
                reach(code, choice.dflt, after, held, todo);
                ends = true;
            } else if (at instanceof LookupSwitchInsnNode choice) {
                choice.labels.forEach(label -> reach(code, label, after, held, todo));
                reach(code, choice.dflt, after, held, todo);
                ends = true;
            }
            if (!ends) {
                reach(code, at.getNext(), after, held, todo);
            }
            if (before > 0 && at instanceof MethodInsnNode call) {
                called(call, path);
            } else if (before > 0 && at instanceof InvokeDynamicInsnNode lambda && runsAtOnce(at.getNext())) {
                for (Object argument : lambda.bsmArgs) {
                    if (argument instanceof Handle body) {
                        follow(body.getOwner(), body.getName(), body.getDesc(), path);
                    }
                }
            }
        }
    }

    /** The first path to an instruction determines the number of locks held: the compiler makes all paths agree. */
    private static void reach(
            InsnList code, AbstractInsnNode at, int held, int[] all, ArrayDeque<AbstractInsnNode> todo) {
        if (at != null && all[code.indexOf(at)] < 0) {
            all[code.indexOf(at)] = held;
            todo.add(at);
        }
    }

    private static int change(AbstractInsnNode at) {
        if (at.getOpcode() == Opcodes.MONITORENTER) {
            return 1;
        }
        if (at.getOpcode() == Opcodes.MONITOREXIT) {
            return -1;
        }
        if (at instanceof MethodInsnNode call && call.owner.startsWith("java/util/concurrent/locks/")) {
            return call.name.equals("lock") || call.name.equals("tryLock") ? 1 : call.name.equals("unlock") ? -1 : 0;
        }
        return 0;
    }

    /** Collections, maps and streams of the JDK call the functions that they receive. */
    private static boolean runsAtOnce(AbstractInsnNode at) {
        return at instanceof MethodInsnNode call
                && call.owner.startsWith("java/util/")
                && (!call.owner.startsWith("java/util/concurrent/") || call.owner.endsWith("Map"))
                && !call.owner.equals("java/util/Objects");
    }

    private void called(MethodInsnNode call, String path) {
        if (isForeign(call)) {
            found.add(path + " > " + name(call.owner, call.name));
            return;
        }
        if (call.getOpcode() == Opcodes.INVOKEINTERFACE) {
            return;
        }
        follow(call.owner, call.name, call.desc, path);
    }

    private void follow(String from, String name, String descriptor, String path) {
        for (ClassNode owner = classes.get(from); owner != null; owner = classes.get(owner.superName)) {
            for (MethodNode method : owner.methods) {
                if (method.name.equals(name) && method.desc.equals(descriptor)) {
                    String longer = path + " > " + name(owner.name, method.name);
                    if (visited.add(path.split(" > ", -1)[0] + owner.name + method.name + method.desc)) {
                        scan(method, 1, longer);
                    }
                    return;
                }
            }
        }
    }

    private boolean isForeign(MethodInsnNode call) {
        String owner = call.owner;
        if (CALLBACKS.contains(owner) && !call.name.equals("iterator")) {
            return true;
        }
        if (owner.startsWith("java/util/function/")) {
            return call.getOpcode() == Opcodes.INVOKEINTERFACE;
        }
        if (owner.equals("java/util/concurrent/CompletableFuture")) {
            return COMPLETIONS.contains(call.name);
        }
        if (owner.startsWith("io/lettuce/") || owner.startsWith("java/sql/") || owner.startsWith("org/apache/kafka/")) {
            return call.getOpcode() == Opcodes.INVOKEINTERFACE;
        }
        ClassNode ours = classes.get(owner);
        return ours != null
                && (ours.access & Opcodes.ACC_INTERFACE) != 0
                && (ours.access & Opcodes.ACC_PUBLIC) != 0
                && call.getOpcode() == Opcodes.INVOKEINTERFACE;
    }
}
