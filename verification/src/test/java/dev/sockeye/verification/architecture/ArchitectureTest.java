package dev.sockeye.verification.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.sockeye.socketio.server.BroadcastTarget;
import dev.sockeye.socketio.server.RemoteSocket;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketEmitter;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The arrows between modules and packages, and what may be public. */
@DisplayName("The architecture")
class ArchitectureTest {
    private static final String LOG = "dev.sockeye.log";
    private static final String[] EVERYWHERE = {
        "java..", "org.jspecify.annotations", "com.google.errorprone.annotations..", LOG
    };
    private static final String ENGINE_PROTOCOL = "dev.sockeye.engineio.protocol";
    private static final String SHARED = "dev.sockeye.socketio";
    private static final String SOCKET_PROTOCOL = "dev.sockeye.socketio.protocol";
    private static final String TEXT = "dev.sockeye.text";
    private static final String RUNTIME = "dev.sockeye.runtime";
    private static final String ENGINE = "dev.sockeye.engineio";
    private static final String HOST = "dev.sockeye.engineio.host";
    private static final String ADAPTER = "dev.sockeye.socketio.adapter";
    private static final String CLUSTER = ADAPTER + ".cluster";
    private static final String SERVER = "dev.sockeye.socketio.server";
    private static final String SERVER_INTERNAL = SERVER + ".internal";
    private static final String NETTY = "dev.sockeye.netty";
    private static final String WEBTRANSPORT = "dev.sockeye.webtransport";
    private static final String JAKARTA = "dev.sockeye.jakarta";
    private static final String REDIS = "dev.sockeye.redis";
    private static final String METRICS = "dev.sockeye.metrics";
    private static final String PRESENCE = "dev.sockeye.presence";
    private static final String ADMIN = "dev.sockeye.admin";
    private static final String POSTGRES = "dev.sockeye.postgres";
    private static final String KAFKA = "dev.sockeye.kafka";
    private static final String CLIENT = "dev.sockeye.socketio.client";
    private static final String CLIENT_ENGINE = CLIENT + ".engine";
    private static final String CLIENT_TRANSPORT = CLIENT + ".transport";
    private static final String CLIENT_NETTY = CLIENT + ".netty";
    private static final String CLIENT_WEBTRANSPORT = CLIENT + ".webtransport";
    private static final String TEST = "dev.sockeye.test";
    private static final String CLI = "dev.sockeye.cli";
    private static final String EXAMPLES = "dev.sockeye.examples";
    private static final String VERIFICATION = "dev.sockeye.verification";

    private static final Set<String> VAGUE = Set.of("util", "utils", "common", "misc", "helper", "helpers", "manager");

    /** The types that an application calls. Without {@code ClientConnection}, which its core implements. */
    private static final List<Class<?>> SERVER_NOUNS = List.of(
            BroadcastTarget.class, // servers, namespaces and operators
            Socket.class,
            SocketEmitter.class,
            RemoteSocket.class);

    private static JavaClasses production;

    @BeforeAll
    static void read() {
        production = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("dev.sockeye");
    }

    private static void knowsOnly(String from, String... allowed) {
        String[] all = Stream.of(Stream.of(EVERYWHERE), Stream.of(allowed), Stream.of(from))
                .flatMap(names -> names)
                .toArray(String[]::new);
        classes()
                .that()
                .resideInAPackage(from)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(all)
                .because("of the arrows in section 1 of the design")
                .check(production);
    }

    @Test
    void theProtocolPackagesDoNotDependOnEachOther() {
        knowsOnly(TEXT);
        knowsOnly(LOG);
        knowsOnly(ENGINE_PROTOCOL, TEXT);
        knowsOnly(SOCKET_PROTOCOL, TEXT, "tools.jackson..", "com.fasterxml.jackson.annotation..", "org.msgpack..");
    }

    @Test
    void sharedTypesDependOnlyOnTheSocketProtocol() {
        knowsOnly(SHARED, SOCKET_PROTOCOL);
    }

    @Test
    void theRuntimeDependsOnlyOnSharedTypesAndTheSocketProtocol() {
        knowsOnly(RUNTIME, SHARED, SOCKET_PROTOCOL);
    }

    @Test
    void theEngineDependsOnNoHttpLibraryAndOnlyOnSharedTypesOfSocketIo() {
        knowsOnly(ENGINE, HOST, ENGINE_PROTOCOL, RUNTIME, SHARED, "javax.crypto..", "javax.net.ssl..");
        knowsOnly(HOST, ENGINE_PROTOCOL, RUNTIME, "javax.net.ssl..");
    }

    @Test
    void theAdapterDoesNotDependOnTheServer() {
        knowsOnly(ADAPTER, SOCKET_PROTOCOL, ENGINE, HOST, ENGINE_PROTOCOL);
        knowsOnly(CLUSTER, ADAPTER, SOCKET_PROTOCOL, ENGINE, HOST, ENGINE_PROTOCOL);
    }

    @Test
    void theServerDependsOnlyOnAdapterEngineProtocolAndRuntime() {
        knowsOnly(SERVER, SERVER_INTERNAL, SHARED, ADAPTER, SOCKET_PROTOCOL, ENGINE, HOST, RUNTIME);
        knowsOnly(SERVER_INTERNAL, SERVER, SHARED, ADAPTER, SOCKET_PROTOCOL, ENGINE, HOST, ENGINE_PROTOCOL, RUNTIME);
    }

    @Test
    void theServerImplementationIsUsedOnlyByItsFactory() {
        classes()
                .that()
                .resideInAPackage(SERVER_INTERNAL)
                .should()
                .onlyHaveDependentClassesThat(resideInAPackage(SERVER_INTERNAL)
                        .or(equivalentTo(SocketIoServer.class))
                        .as("belong to the implementation, or are SocketIoServer with its factory method"))
                .check(production);
    }

    @Test
    void theServerCoresNeverCallThePublicFacades() {
        // the facades implement the nouns, and may use each other; cores pass facades on and leave them alone
        List<String> calls = new ArrayList<>();
        for (JavaClass type : production) {
            if (type.getPackageName().equals(SERVER_INTERNAL) && !facade(type)) {
                for (JavaMethodCall call : type.getMethodCallsFromSelf()) {
                    if (facade(call.getTargetOwner())) {
                        calls.add(call.getDescription());
                    }
                }
            }
        }
        assertThat(calls).isEmpty();
    }

    @Test
    void theNettyHostDependsOnlyOnServerEngineAndNetty() {
        knowsOnly(NETTY, SERVER, TEXT, ENGINE, HOST, ENGINE_PROTOCOL, SOCKET_PROTOCOL, "io.netty..", "javax.net.ssl..");
    }

    @Test
    void webTransportDependsOnlyOnTheNettyHostTheEngineAndNetty() {
        knowsOnly(
                WEBTRANSPORT, NETTY, HOST, ENGINE_PROTOCOL, RUNTIME, "io.netty..", "javax.net.ssl..", "javax.crypto..");
    }

    @Test
    void theServletHostDependsOnlyOnServerEngineAndTheJakartaApis() {
        knowsOnly(JAKARTA, SERVER, ENGINE, HOST, "jakarta.servlet..", "jakarta.websocket..");
    }

    @Test
    void theRedisAdapterDependsOnlyOnTheAdapterPackageProtocolAndLettuce() {
        knowsOnly(REDIS, ADAPTER, CLUSTER, SOCKET_PROTOCOL, "io.lettuce..", "io.netty..", "reactor..");
    }

    @Test
    void theMetricsDependOnlyOnServerEngineAndMicrometer() {
        knowsOnly(METRICS, SERVER, SHARED, SOCKET_PROTOCOL, ENGINE, HOST, "io.micrometer..", "jdk.jfr");
    }

    @Test
    void presenceDependsOnlyOnServerAdapterEngineAndSharedTypes() {
        knowsOnly(PRESENCE, SERVER, SHARED, ADAPTER, SOCKET_PROTOCOL, ENGINE, HOST);
    }

    @Test
    void theAdminUiDependsOnlyOnServerAdaptersEngineAndItsLibraries() {
        knowsOnly(
                ADMIN,
                SERVER,
                SHARED,
                ADAPTER,
                CLUSTER,
                SOCKET_PROTOCOL,
                ENGINE,
                HOST,
                "org.springframework.security.crypto.bcrypt..",
                "io.lettuce..");
    }

    @Test
    void thePostgresAdapterDependsOnlyOnTheAdapterPackageProtocolAndJdbc() {
        knowsOnly(POSTGRES, ADAPTER, CLUSTER, SOCKET_PROTOCOL, "javax.sql..", "org.postgresql..");
    }

    @Test
    void theKafkaAdapterDependsOnlyOnTheAdapterPackageProtocolAndKafka() {
        knowsOnly(KAFKA, ADAPTER, CLUSTER, SOCKET_PROTOCOL, "org.apache.kafka..");
    }

    @Test
    void theClientPackagesFormLayersAndOnlyTheNetworkLayersDependOnNetty() {
        knowsOnly(CLIENT_TRANSPORT, "javax.net.ssl..");
        knowsOnly(CLIENT_ENGINE, CLIENT_TRANSPORT, SHARED, ENGINE_PROTOCOL, SOCKET_PROTOCOL, RUNTIME);
        knowsOnly(CLIENT_NETTY, CLIENT_TRANSPORT, "io.netty..", "javax.net.ssl..");
        knowsOnly(
                CLIENT_WEBTRANSPORT,
                CLIENT_NETTY,
                CLIENT_TRANSPORT,
                ENGINE_PROTOCOL,
                RUNTIME,
                "io.netty..",
                "javax.net.ssl..");
        knowsOnly(
                CLIENT,
                CLIENT_ENGINE,
                CLIENT_TRANSPORT,
                CLIENT_NETTY,
                SHARED,
                ENGINE_PROTOCOL,
                SOCKET_PROTOCOL,
                RUNTIME,
                "javax.net.ssl..");
    }

    @Test
    void theTestKitDependsOnlyOnServerClientAndTestLibraries() {
        knowsOnly(
                TEST,
                SERVER,
                ADAPTER, // of a namespace
                HOST,
                ENGINE,
                CLIENT,
                CLIENT_TRANSPORT,
                SHARED,
                SOCKET_PROTOCOL,
                "org.assertj..",
                "org.junit.jupiter.api..");
    }

    @Test
    void librariesDoNotDependOnCliExamplesTestKitOrVerification() {
        for (String program : List.of(CLI, EXAMPLES, TEST, VERIFICATION)) {
            classes()
                    .that()
                    .resideOutsideOfPackages(CLI + "..", EXAMPLES + "..", TEST + "..", VERIFICATION + "..")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideOutsideOfPackage(program + "..")
                    .check(production);
        }
    }

    @Test
    void modulesAreFreeOfCycles() {
        slices().matching(
                        "dev.sockeye.(engineio|runtime|netty|webtransport|jakarta|redis|postgres|kafka|admin|metrics|presence|test|cli|examples|verification)..")
                .should()
                .beFreeOfCycles()
                .check(production);
        slices().matching("dev.sockeye.socketio.(*)..")
                .should()
                .beFreeOfCycles()
                .check(production);
        slices().matching("dev.sockeye.cli.(**)").should().beFreeOfCycles().check(production);
    }

    @Test
    void noPackageHasAVagueName() {
        classes()
                .should(new ArchCondition<JavaClass>("reside in a package with a telling name") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        for (String part : type.getPackageName().split("\\.", -1)) {
                            if (VAGUE.contains(part)) {
                                events.add(SimpleConditionEvent.violated(type, type.getName() + " is in " + part));
                            }
                        }
                    }
                })
                .check(production);
    }

    @Test
    void everyPackageIsOnTheAllowedList() {
        classes()
                .should()
                .resideInAnyPackage(
                        ENGINE_PROTOCOL,
                        SHARED,
                        SOCKET_PROTOCOL,
                        LOG,
                        TEXT,
                        RUNTIME,
                        ENGINE,
                        HOST,
                        ADAPTER,
                        CLUSTER,
                        SERVER,
                        SERVER_INTERNAL,
                        NETTY,
                        WEBTRANSPORT,
                        JAKARTA,
                        REDIS,
                        ADMIN,
                        POSTGRES,
                        METRICS,
                        PRESENCE,
                        KAFKA,
                        CLIENT,
                        CLIENT_ENGINE,
                        CLIENT_TRANSPORT,
                        CLIENT_NETTY,
                        CLIENT_WEBTRANSPORT,
                        TEST,
                        CLI + "..",
                        EXAMPLES,
                        VERIFICATION + "..")
                .check(production);
    }

    @Test
    void publicClassesAreFinalSealedRecordsEnumsOrInterfaces() {
        classes()
                .that()
                .arePublic()
                .should(new ArchCondition<JavaClass>("be closed for inheritance") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        // a type reference must be subclassed to capture its type argument
                        // JMH subclasses benchmarks
                        boolean closed = type.isInterface()
                                || type.getPackageName().startsWith(VERIFICATION + ".jmh")
                                || type.getSimpleName().equals("TypeRef")
                                // a task is also its queue node, which saves an allocation for each message
                                || type.getName().equals(RUNTIME + ".Mailbox$Task")
                                || type.isEnum()
                                || type.isRecord()
                                || type.getModifiers().contains(JavaModifier.FINAL)
                                || type.reflect().isSealed();
                        if (!closed && visible(type)) {
                            events.add(SimpleConditionEvent.violated(type, type.getName() + " can be extended"));
                        }
                    }
                })
                .check(production);
    }

    @Test
    void productionCodeNeverCallsThreadSleep() {
        List<String> calls = new ArrayList<>();
        for (JavaClass type : production) {
            type.getMethodCallsFromSelf().stream()
                    .filter(call -> call.getTargetOwner().isEquivalentTo(Thread.class)
                            && call.getTarget().getName().equals("sleep"))
                    .forEach(call -> calls.add(call.getDescription()));
        }
        assertThat(calls).isEmpty();
    }

    /** Whether the application sees objects of this type as one of the nouns of the server. */
    private static boolean facade(JavaClass type) {
        return SERVER_NOUNS.stream().anyMatch(type::isAssignableTo);
    }

    private static boolean visible(JavaClass type) {
        JavaClass outer = type;
        while (outer.getEnclosingClass().isPresent()) {
            outer = outer.getEnclosingClass().get();
            if (!outer.getModifiers().contains(JavaModifier.PUBLIC)) {
                return false;
            }
        }
        return true;
    }
}
