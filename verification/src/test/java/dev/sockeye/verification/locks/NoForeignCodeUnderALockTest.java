package dev.sockeye.verification.locks;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.core.importer.Locations;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Rule 12 of the design, as far as the byte code shows it. */
@DisplayName("No callbacks under a lock")
class NoForeignCodeUnderALockTest {
    private static final ImportOption PRODUCTION = new ImportOption.DoNotIncludeTests();

    private static final List<String> NOT_FOR_USERS =
            List.of("/dev/sockeye/verification/", "/dev/sockeye/examples/", "/dev/sockeye/adapter/tck/");

    /** Calls that only read or schedule something and never call back: suffixes of findings, and why they are allowed under a lock. */
    private static final Map<String, String> QUIET = Map.ofEntries(
            Map.entry("LongSupplier.getAsLong", "a clock"),
            Map.entry("ServerTimer.nanoTime", "a clock"),
            Map.entry("ServerTimer.schedule", "arms a timer; its task runs on the timer's thread"),
            Map.entry("ServerTimer.started", "counts the servers that use the timer"),
            Map.entry("ServerTimer.ended", "counts the servers that use the timer"),
            Map.entry("AdapterNamespace.schedule", "arms a timer"),
            Map.entry("EngineLoop.schedule", "arms a timer"),
            Map.entry("EngineLoop$Timer.cancel", "disarms a timer"),
            Map.entry("EngineLoop.inLoop", "compares threads"),
            Map.entry("EngineHost.address", "reads an address"),
            Map.entry("AdapterNamespace.name", "reads a constant"),
            Map.entry("AdapterNamespace.recovery", "reads a constant"),
            Map.entry("AdapterNamespace.socket", "a look into a map"),
            Map.entry("LocalSocket.inOwnRoom", "reads a flag"),
            Map.entry("ClusterTransport$Receiver.namespace", "reads a constant"),
            Map.entry("ClusterTransport$Receiver.uid", "reads a constant"),
            Map.entry("ClusterTransport.supportsServerCount", "reads a constant"),
            Map.entry("ClusterMessage.namespace", "reads a constant"),
            Map.entry("Namespace.server", "reads a constant"),
            Map.entry("Namespace.adapter", "reads a constant"),
            Map.entry("SocketIoServer.options", "reads a constant"),
            Map.entry("NodeForward.connectTimeout", "an option"),
            Map.entry("NodeForward.sslContext", "an option"),
            Map.entry("Parser.newDecoder", "an object without a connection"),
            Map.entry("Header.value", "reads a record of Kafka"),
            Map.entry("Headers.lastHeader", "reads a record of Kafka"),
            Map.entry("StatefulRedisPubSubConnection.isOpen", "reads a flag"),
            Map.entry("ConnectionFuture.toCompletableFuture", "a view"),
            Map.entry("EngineShutdown.reset > CompletableFuture.completeAsync", "completes on another thread"));

    /** Methods that run their argument under a lock; all callers pass internal code that only changes state. */
    private static final Map<String, String> OWN_CODE = Map.ofEntries(
            Map.entry("BroadcastOrder.broadcast > Supplier.get", "chooses receivers; see its contract"),
            Map.entry("BroadcastOrder.locked > Supplier.get", "as above"),
            Map.entry("BroadcastOrder.run > Supplier.get", "as above"),
            Map.entry("BroadcastOrder.run > Runnable.run", "hands messages over to a loop that is another thread's"),
            Map.entry("SocketListeners.change > UnaryOperator.apply", "copies a list of hooks"),
            Map.entry("SocketListeners.takeWritable > SocketHooks$Kind.with > BiFunction.apply", "copies a record"),
            Map.entry("RedisLink.retain > RedisConnections$Factory.wires", "makes objects; connects later"),
            Map.entry("Replication.read > Function.apply", "reads a replica"),
            Map.entry(
                    "KafkaEmitter$Transport.send > KafkaEmitter$Transport.add >"
                            + " CompletableFuture.completeExceptionally",
                    "nobody else has this future yet"));

    /** The replicas of presence collect their messages, which are published after the lock. */
    private static final Set<String> COLLECTED = Set.of(
            "Replica.<init> > Supplier.get",
            "Replica.goodbye > Consumer.accept",
            "Replica.beat > Consumer.accept",
            "OwnEntries.changes > Consumer.accept");

    @Test
    void noListenerFutureExecutorOrDriverIsCalledWhileALockIsHeld() throws IOException {
        Set<String> found = new TreeSet<>(new LockScan(production()).findings());
        found.removeIf(OWN_CODE::containsKey);
        found.removeIf(call -> QUIET.keySet().stream().anyMatch(end -> call.endsWith(" > " + end)));
        found.removeIf(call -> COLLECTED.stream().anyMatch(call::endsWith));
        assertThat(found).isEmpty();
    }

    private static List<InputStream> production() throws IOException {
        List<InputStream> files = new ArrayList<>();
        for (Location location : Locations.ofPackage("dev.sockeye")) {
            if (PRODUCTION.includes(location)) {
                read(location.asURI(), files);
            }
        }
        assertThat(files).hasSizeGreaterThan(500);
        return files;
    }

    private static void read(URI place, List<InputStream> files) throws IOException {
        if (!place.getScheme().equals("jar")) {
            addAll(Path.of(place), files);
            return;
        }
        try (FileSystem jar = FileSystems.newFileSystem(place, Map.of())) {
            addAll(Path.of(place), files);
        }
    }

    private static void addAll(Path folder, List<InputStream> files) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.toList()) {
                String name = file.toUri().toString();
                if (name.endsWith(".class") && NOT_FOR_USERS.stream().noneMatch(name::contains)) {
                    files.add(new ByteArrayInputStream(Files.readAllBytes(file)));
                }
            }
        }
    }

    // that the scan finds something

    @SuppressWarnings("unused")
    private static final class Wrong {
        private final List<Runnable> listeners = new ArrayList<>();

        synchronized void directly(Runnable listener) {
            listener.run();
        }

        void inABlock(Consumer<String> listener) {
            synchronized (listeners) {
                listeners.clear();
                listener.accept("text");
            }
        }

        synchronized void further() {
            tellAll();
        }

        private void tellAll() {
            listeners.forEach(listener -> listener.run());
        }

        void afterwards(Executor executor, Runnable task) {
            synchronized (this) {
                listeners.add(task);
            }
            executor.execute(task);
        }
    }

    @Test
    void theScanFindsCallsInBlocksMethodsAndLambdas() {
        InputStream file = getClass().getResourceAsStream("NoForeignCodeUnderALockTest$Wrong.class");
        assertThat(new LockScan(List.of(file)).findings())
                .containsExactly(
                        "NoForeignCodeUnderALockTest$Wrong.directly > Runnable.run",
                        "NoForeignCodeUnderALockTest$Wrong.further > NoForeignCodeUnderALockTest$Wrong.tellAll"
                                + " > NoForeignCodeUnderALockTest$Wrong.lambda$tellAll$0 > Runnable.run",
                        "NoForeignCodeUnderALockTest$Wrong.inABlock > Consumer.accept");
    }
}
