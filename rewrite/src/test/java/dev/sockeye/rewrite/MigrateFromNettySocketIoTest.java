package dev.sockeye.rewrite;

import static org.openrewrite.java.Assertions.java;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openrewrite.java.JavaParser;
import org.openrewrite.test.RecipeSpec;
import org.openrewrite.test.RewriteTest;
import org.openrewrite.test.TypeValidation;

@DisplayName("The recipe")
class MigrateFromNettySocketIoTest implements RewriteTest {

    @Override
    public void defaults(RecipeSpec spec) {
        spec.recipe(new MigrateFromNettySocketIo())
                .parser(JavaParser.fromJavaVersion().classpath("netty-socketio", "netty-codec-http", "netty-common"))
                .typeValidationOptions(TypeValidation.none());
    }

    @Test
    void marksCallsItCannotTranslate() {
        rewriteRun(java("""
                import com.corundumstudio.socketio.SocketIOClient;
                import com.corundumstudio.socketio.SocketIOServer;

                class Chat {
                    void listen(SocketIOServer server, Object handlers) {
                        server.addPingListener(client -> {});
                        server.addListeners(handlers);
                        server.getBroadcastOperations().sendEvent("news", (SocketIOClient each) -> each.isChannelOpen(), "text");
                        server.start();
                    }
                }
                """, """
                import dev.sockeye.socketio.server.Socket;
                import dev.sockeye.socketio.server.SocketIoServer;

                class Chat {
                    void listen(SocketIoServer server, Object handlers) {
                        // Sockeye: not translated; see "Server" in the migration guide
                        server.addPingListener(client -> {});
                        // Sockeye: not translated; see "Server" in the migration guide
                        server.addListeners(handlers);
                        // Sockeye: not translated; see "Broadcasting" in the migration guide
                        server.sendEvent("news", (Socket each) -> each.connected(), "text");
                        // Sockeye: not translated; see "Server" in the migration guide
                        server.start();
                    }
                }
                """));
    }

    @Test
    void keepsTheDefaultsOfNettySocketIo() {
        rewriteRun(java("""
                import com.corundumstudio.socketio.Configuration;
                import com.corundumstudio.socketio.SocketIOServer;

                class Chat {
                    public static void main(String[] args) throws Exception {
                        Configuration config = new Configuration();
                        config.setPort(3000);
                        SocketIOServer server = new SocketIOServer(config);
                        server.start();
                    }
                }
                """, """
                import dev.sockeye.socketio.server.SocketIoServer;
                import dev.sockeye.socketio.server.SocketIoServerOptions;

                class Chat {
                    public static void main(String[] args) throws Exception {
                        SocketIoServerOptions.Builder config = SocketIoServerOptions.builder().cors(true).allowEIO3(true);
                        SocketIoServer server = SocketIoServer.create(config.build());
                        server.listen(3000);
                    }
                }
                """));
    }

    @Test
    void doesNotMergeHandlersWhenTheConnectHandlerCanReturnEarly() {
        rewriteRun(java("""
                import com.corundumstudio.socketio.SocketIOServer;

                class Chat {
                    void listen(SocketIOServer server) {
                        server.addConnectListener(client -> {
                            if (!client.isChannelOpen()) {
                                return;
                            }
                            client.joinRoom("all");
                        });
                        server.addEventListener("say", String.class, (client, text, ack) -> client.sendEvent("said", text));
                    }
                }
                """, """
                import dev.sockeye.socketio.server.SocketIoServer;

                class Chat {
                    void listen(SocketIoServer server) {
                        server.onConnection(client -> {
                            if (!client.connected()) {
                                return;
                            }
                            client.join("all");
                        });
                        server.onConnection(client -> client.on("say", String.class, text -> client.emit("said", text)));
                    }
                }
                """));
    }

    @Test
    void keepsUnrelatedUuids() {
        rewriteRun(java("""
                import com.corundumstudio.socketio.SocketIOClient;
                import java.util.UUID;

                class Orders {
                    UUID next(SocketIOClient client) {
                        client.sendEvent("you", client.getSessionId());
                        return UUID.randomUUID();
                    }
                }
                """, """
                import dev.sockeye.socketio.server.Socket;

                import java.util.UUID;

                class Orders {
                    UUID next(Socket client) {
                        client.emit("you", client.id());
                        return UUID.randomUUID();
                    }
                }
                """));
    }

    @Test
    void turnsABeanWithAnnotatedMethodsIntoAController() {
        rewriteRun(java("""
                import com.corundumstudio.socketio.AckRequest;
                import com.corundumstudio.socketio.SocketIOClient;
                import com.corundumstudio.socketio.annotation.OnConnect;
                import com.corundumstudio.socketio.annotation.OnEvent;

                @Deprecated
                public class Shop {
                    @OnConnect
                    public void connected(SocketIOClient client) {
                        client.joinRoom("shop");
                    }

                    @OnEvent("order")
                    public void order(SocketIOClient client, String item, AckRequest ack) {
                        ack.sendAckData(item);
                    }
                }
                """, """
                import dev.sockeye.socketio.Ack;
                import dev.sockeye.socketio.server.Socket;
                import dev.sockeye.spring.OnConnect;
                import dev.sockeye.spring.OnEvent;
                import dev.sockeye.spring.SocketIoController;

                @Deprecated
                @SocketIoController
                public class Shop {
                    @OnConnect
                    public void connected(Socket client) {
                        client.join("shop");
                    }

                    @OnEvent("order")
                    public void order(Socket client, String item, Ack ack) {
                        ack.send(item);
                    }
                }
                """));
    }

    @Test
    void doesNotChangeOtherSources() {
        rewriteRun(java("""
                class Chat {
                    interface Server {
                        void onConnection(java.util.function.Consumer<String> handler);
                    }

                    void listen(Server server) {
                        server.onConnection(client -> System.out.println(client));
                        server.onConnection(client -> System.err.println(client));
                    }
                }
                """));
    }
}
