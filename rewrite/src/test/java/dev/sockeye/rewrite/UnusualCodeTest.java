package dev.sockeye.rewrite;

import static org.openrewrite.java.Assertions.java;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;
import org.openrewrite.test.TypeValidation;

@DisplayName("The recipe, with unusual code,")
class UnusualCodeTest implements RewriteTest {

    @Override
    public void defaults(RecipeSpec spec) {
        spec.recipe(new MigrateFromNettySocketIo())
                .parser(JavaParser.fromJavaVersion().classpath("netty-socketio", "netty-codec-http", "netty-common"))
                .typeValidationOptions(TypeValidation.none());
    }

    @Test
    void doesNotCreateTheTargetOfAMethodReferenceForEachEvent() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.AckRequest;
            import com.corundumstudio.socketio.SocketIOClient;
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat {
                private int count;

                void listen(SocketIOServer server, Chat other) {
                    server.addEventListener("a", String.class, new Chat()::said);
                    server.addEventListener("b", String.class, other::said);
                }

                void said(SocketIOClient client, String text, AckRequest ack) {
                    count++;
                }
            }
            """, """
            import dev.sockeye.socketio.Ack;
            import dev.sockeye.socketio.server.Socket;
            import dev.sockeye.socketio.server.SocketIoServer;

            class Chat {
                private int count;

                void listen(SocketIoServer server, Chat other) {
                    // Sockeye: not translated; see "Server" in the migration guide
                    server.addEventListener("a", String.class, new Chat()::said);
                    server.onConnection(client -> client.on("b", String.class, (data, ack) -> other.said(client, data, ack)));
                }

                void said(Socket client, String text, Ack ack) {
                    count++;
                }
            }
            """));
    }

    @Test
    void dropsTheTypesOfParametersWhenTheHandlerGetsAllArguments() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.AckRequest;
            import com.corundumstudio.socketio.SocketIOClient;
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat {
                void listen(SocketIOServer server) {
                    server.addEventListener("time", String.class, (SocketIOClient client, String nothing, AckRequest ack) -> ack.sendAckData(1));
                }
            }
            """, """
            import dev.sockeye.socketio.server.Socket;
            import dev.sockeye.socketio.server.SocketIoServer;

            class Chat {
                void listen(SocketIoServer server) {
                    server.onConnection((Socket client) -> client.on("time", (nothing, ack) -> ack.send(1)));
                }
            }
            """));
    }

    @Test
    void keepsSettersThatAreNotStatementsOfAMethod() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.Configuration;
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat {
                void start(boolean linux, boolean test) {
                    Configuration config = new Configuration();
                    if (linux) config.setUseLinuxNativeEpoll(true);
                    if (test) {
                        config.setPort(3000);
                    }
                    SocketIOServer server = new SocketIOServer(config);
                    server.start();
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServer;
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            class Chat {
                void start(boolean linux, boolean test) {
                    SocketIoServerOptions.Builder config = SocketIoServerOptions.builder().cors(true).allowEIO3(true);
                    if (linux) /* Sockeye: not translated; see "Configuration" in the migration guide */ config.setUseLinuxNativeEpoll(true);
                    if (test) {
                        // Sockeye: not translated; see "Configuration" in the migration guide
                        config.setPort(3000);
                    }
                    SocketIoServer server = SocketIoServer.create(config.build());
                    // Sockeye: not translated; see "Server" in the migration guide
                    server.start();
                }
            }
            """));
    }

    @Test
    void keepsThePortOfAServerThatStartsAsynchronously() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.Configuration;
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat {
                void start() {
                    Configuration config = new Configuration();
                    config.setPort(3000);
                    new SocketIOServer(config).startAsync();
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServer;
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            class Chat {
                void start() {
                    SocketIoServerOptions.Builder config = SocketIoServerOptions.builder().cors(true).allowEIO3(true);
                    // Sockeye: not translated; see "Configuration" in the migration guide
                    config.setPort(3000);
                    // Sockeye: not translated; see "Server" in the migration guide
                    SocketIoServer.create(config.build()).startAsync();
                }
            }
            """));
    }

    @Test
    void keepsTheBodyOfAnAnonymousConfiguration() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.Configuration;

            class Chat {
                Configuration config() {
                    return new Configuration() {{
                        setPort(3000);
                    }};
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            class Chat {
                SocketIoServerOptions.Builder config() {
                    return /* Sockeye: not translated; see "Configuration" in the migration guide */ new SocketIoServerOptions.Builder() {{
                        // Sockeye: not translated; see "Configuration" in the migration guide
                        setPort(3000);
                    }};
                }
            }
            """));
    }

    @Test
    void translatesMethodReferencesOrMarksThem() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.Configuration;
            import com.corundumstudio.socketio.SocketIOClient;
            import java.util.List;
            import java.util.Optional;

            class Chat {
                void all(List<SocketIOClient> clients, SocketIOClient client, Optional<String> room) {
                    System.out.println(clients.stream().map(SocketIOClient::getSessionId).toList());
                    room.ifPresent(client::joinRoom);
                    clients.forEach(SocketIOClient::disconnect);
                }

                void configure(Configuration config, Optional<Integer> threads) {
                    threads.ifPresent(config::setWorkerThreads);
                }
            }
            """, """
            import dev.sockeye.socketio.server.Socket;
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            import java.util.List;
            import java.util.Optional;

            class Chat {
                void all(List<Socket> clients, Socket client, Optional<String> room) {
                    System.out.println(clients.stream().map(Socket::id).toList());
                    room.ifPresent(client::join);
                    clients.forEach(Socket::disconnect);
                }

                void configure(SocketIoServerOptions.Builder config, Optional<Integer> threads) {
                    threads.ifPresent(/* Sockeye: not translated; see "Configuration" in the migration guide */ config::setWorkerThreads);
                }
            }
            """));
    }

    @Test
    void marksCallsOfASubclassToItself() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.Configuration;
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat extends SocketIOServer {
                Chat(Configuration config) {
                    super(config);
                    addConnectListener(client -> client.joinRoom("all"));
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServer;
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            class Chat extends SocketIoServer {
                Chat(SocketIoServerOptions.Builder config) {
                    // Sockeye: not translated; see "Server" in the migration guide
                    super(config);
                    // Sockeye: not translated; see "Server" in the migration guide
                    addConnectListener(client -> client.join("all"));
                }
            }
            """));
    }

    @Test
    void findsControllersThatUseOnlyTheAnnotations() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.annotation.OnEvent;

            class Shop {
                @OnEvent("order")
                void order(String item) {
                }
            }
            """, """
            import dev.sockeye.spring.OnEvent;
            import dev.sockeye.spring.SocketIoController;

            @SocketIoController
            class Shop {
                @OnEvent("order")
                void order(String item) {
                }
            }
            """));
    }

    @Test
    void keepsComments() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.AckRequest;
            import com.corundumstudio.socketio.SocketIOClient;
            import com.corundumstudio.socketio.SocketIOServer;
            import com.corundumstudio.socketio.listener.DataListener;

            class Chat {
                void listen(SocketIOServer server) {
                    // at first
                    server.addConnectListener(client -> {
                        // into the lobby
                        client.joinRoom("lobby"); // of everyone
                    });
                    // then
                    server.addConnectListener(client -> {
                        // hello
                        client.sendEvent("hello");
                        // the end
                    });
                    server.addEventListener("say", String.class, new DataListener<String>() {
                        // only for members
                        @Override
                        public void onData(SocketIOClient client, String text, AckRequest ack) {
                            client.sendEvent("said", text);
                        }
                    });
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServer;

            class Chat {
                void listen(SocketIoServer server) {
                    // at first
                    server.onConnection(client -> {
                        // into the lobby
                        client.join("lobby");
                        // of everyone
                        // then
                        // hello
                        client.emit("hello");
                        // the end
                        client.on("say", String.class, text -> {
                            // only for members
                            client.emit("said", text);
                        });
                    });
                }
            }
            """));
    }

    @Test
    void keepsTheUuidsOfOtherClasses() {
        rewriteRun(java("""
            import java.util.UUID;

            public class Order {
                public UUID number() {
                    return null;
                }
            }
            """), java("""
                import com.corundumstudio.socketio.SocketIOClient;
                import java.util.Map;
                import java.util.UUID;

                class Orders {
                    void add(SocketIOClient client, Order order, Map<Object, UUID> all) {
                        UUID number = order.number();
                        all.put(number.toString(), number);
                        client.sendEvent("you", client.getSessionId());
                    }
                }
                """, """
                import dev.sockeye.socketio.server.Socket;

                import java.util.Map;
                import java.util.UUID;

                class Orders {
                    void add(Socket client, Order order, Map<Object, UUID> all) {
                        UUID number = order.number();
                        all.put(number.toString(), number);
                        client.emit("you", client.id());
                    }
                }
                """));
    }

    @Test
    void removesStarAndStaticImports() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.*;
            import com.corundumstudio.socketio.listener.*;
            import static com.corundumstudio.socketio.AckMode.MANUAL;
            import static com.corundumstudio.socketio.Transport.*;

            class Chat {
                SocketIOServer server() {
                    Configuration config = new Configuration();
                    config.setAckMode(MANUAL);
                    config.setTransports(WEBSOCKET);
                    SocketIOServer server = new SocketIOServer(config);
                    server.addConnectListener(new ConnectListener() {
                        @Override
                        public void onConnect(SocketIOClient client) {
                            client.joinRoom("all");
                        }
                    });
                    return server;
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServerOptions.Builder;
            import dev.sockeye.socketio.server.Socket;
            import dev.sockeye.socketio.server.SocketIoServer;
            import dev.sockeye.socketio.server.SocketIoServerOptions;

            class Chat {
                SocketIoServer server() {
                    SocketIoServerOptions.Builder config = SocketIoServerOptions.builder().cors(true).allowEIO3(true);
                    config.transports("websocket");
                    SocketIoServer server = SocketIoServer.create(config.build());
                    server.onConnection(client -> {
                        client.join("all");
                    });
                    return server;
                }
            }
            """));
    }

    @Test
    void marksClassesThatImplementAListener() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.AckRequest;
            import com.corundumstudio.socketio.SocketIOClient;
            import com.corundumstudio.socketio.SocketIOServer;
            import com.corundumstudio.socketio.listener.DataListener;

            class Said implements DataListener<String> {
                static void listen(SocketIOServer server) {
                    server.addEventListener("say", String.class, new Said());
                }

                @Override
                public void onData(SocketIOClient client, String text, AckRequest ack) {
                    ack.sendAckData(text);
                }
            }
            """, """
            import com.corundumstudio.socketio.listener.DataListener;
            import dev.sockeye.socketio.Ack;
            import dev.sockeye.socketio.server.Socket;
            import dev.sockeye.socketio.server.SocketIoServer;

            // Sockeye: not translated; see "Listeners" in the migration guide
            class Said implements DataListener<String> {
                static void listen(SocketIoServer server) {
                    // Sockeye: not translated; see "Server" in the migration guide
                    server.addEventListener("say", String.class, new Said());
                }

                @Override
                public void onData(Socket client, String text, Ack ack) {
                    ack.send(text);
                }
            }
            """));
    }

    @Test
    void marksACallOnTheLineOfItsBlockWithoutHidingCode() {
        rewriteRun(java("""
            import com.corundumstudio.socketio.SocketIOServer;

            class Chat {
                void listen(SocketIOServer server, Object handlers, boolean all) {
                    if (all) { server.addListeners(handlers); }

                    server.addListeners(all);
                }
            }
            """, """
            import dev.sockeye.socketio.server.SocketIoServer;

            class Chat {
                void listen(SocketIoServer server, Object handlers, boolean all) {
                    if (all) { /* Sockeye: not translated; see "Server" in the migration guide */ server.addListeners(handlers); }

                    // Sockeye: not translated; see "Server" in the migration guide
                    server.addListeners(all);
                }
            }
            """));
    }
}
