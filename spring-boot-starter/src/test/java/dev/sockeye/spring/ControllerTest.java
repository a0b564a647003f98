package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.DisconnectReason;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;

/** Annotated handlers, called by a client. */
@Timeout(60)
final class ControllerTest {
    private static final BlockingQueue<String> SEEN = new LinkedBlockingQueue<>();
    private static final AtomicInteger INTERCEPTED = new AtomicInteger();
    private static ConfigurableApplicationContext context;
    private static SocketIoClient client;
    private static Socket orders;

    record Order(@NotBlank String item, @Positive int count) {}

    static final class SoldOutException extends RuntimeException {
        SoldOutException(String message) {
            super(message);
        }
    }

    abstract static class Generic<T> {
        @OnEvent("generic")
        String generic(List<T> values) {
            return values.get(0).getClass().getSimpleName() + values.size();
        }
    }

    @SocketIoController("/orders")
    static class Orders extends Generic<Order> {
        @OnConnect
        void connected(dev.sockeye.socketio.server.Socket socket, Map<String, String> auth, Principal nobody) {
            socket.emit("welcome", auth.get("name"), nobody == null);
        }

        @OnEvent("order")
        String order(@Valid Order order, @Header("User-Agent") String agent, Principal nobody) {
            if (order.item().equals("gone")) {
                throw new SoldOutException("sold out");
            } else if (order.item().equals("bug")) {
                throw new IllegalStateException("the database password is x");
            }
            return order.count() + " " + order.item() + " " + (agent != null) + " " + (nobody == null);
        }

        @OnEvent({"two", "zwei"})
        Arguments two(int first, String second) {
            return Arguments.of(second, first);
        }

        @OnEvent("later")
        CompletionStage<String> later(boolean well) {
            return CompletableFuture.supplyAsync(() -> {
                if (well) {
                    return "done";
                }
                throw new SoldOutException("too late");
            });
        }

        @OnEvent("spoilt")
        void spoilt() {
            throw new java.util.NoSuchElementException("milk");
        }

        @OnEvent("quiet")
        void quiet() {}

        @OnEvent("byHand")
        void byHand(Ack ack) {
            ack.send("hand");
        }

        @OnDisconnect
        void left(DisconnectReason reason) {
            SEEN.add(reason.text());
        }

        @OnDisconnect(DisconnectReason.PING_TIMEOUT)
        void silent() {
            SEEN.add("never");
        }

        @SocketIoExceptionHandler(SoldOutException.class)
        Map<String, String> soldOut(SoldOutException error) {
            return Map.of("code", "SOLD_OUT", "message", String.valueOf(error.getMessage()));
        }
    }

    /** For all controllers. */
    @SocketIoControllerAdvice
    static class Advice {
        @SocketIoExceptionHandler({java.util.NoSuchElementException.class, SoldOutException.class})
        String missing(RuntimeException error) {
            return "no " + error.getMessage();
        }
    }

    @SocketIoController("/counters")
    @Scope(scopeName = ConfigurableBeanFactory.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.TARGET_CLASS)
    static class Counters {
        private int calls;

        @OnEvent("count")
        int count() {
            return ++calls;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import({OpenToAll.class, Orders.class, Counters.class, Advice.class})
    static class Application {
        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("*Orders");
            creator.setProxyTargetClass(true);
            creator.setInterceptorNames("counting");
            return creator;
        }

        @Bean
        static MethodInterceptor counting() {
            return call -> {
                INTERCEPTED.incrementAndGet();
                return call.proceed();
            };
        }
    }

    @BeforeAll
    static void start() throws Exception {
        context = Clients.run(Application.class);
        client = SocketIoClient.create();
        CompletableFuture<Arguments> welcome = new CompletableFuture<>();
        orders = client.socket(
                Clients.url(context) + "/orders",
                ClientOptions.builder()
                        .auth(Map.of("name", "Ann"))
                        .extraHeaders(Map.of("User-Agent", "test"))
                        .build(),
                socket -> socket.on("welcome", (args, ack) -> welcome.complete(args)));
        orders.connectBlocking(SOON);
        assertThat(welcome.get(10, TimeUnit.SECONDS).toList()).containsExactly("Ann", true);
    }

    @AfterAll
    static void stop() {
        client.close();
        context.close();
    }

    private static Object call(String event, Object... args) throws Exception {
        return orders.call(event, SOON, args).get(0);
    }

    @Test
    void handlersAreInvokedThroughTheProxyWithBoundPayloadsAndAcknowledgeTheResult() throws Exception {
        int before = INTERCEPTED.get();
        assertThat(call("order", new Order("tea", 2))).isEqualTo("2 tea true true");
        assertThat(INTERCEPTED.get()).isGreaterThan(before);
    }

    @Test
    void handlersCanTakeSeveralArgumentsAndReturnSeveralValues() throws Exception {
        assertThat(orders.call("two", SOON, 7, "x").toList()).containsExactly("x", 7);
        assertThat(orders.call("zwei", SOON, 8, "y").toList()).containsExactly("y", 8);
    }

    @Test
    void typeVariablesOfASuperclassAreResolved() throws Exception {
        assertThat(call("generic", List.of(new Order("tea", 1)))).isEqualTo("Order1");
    }

    @Test
    void invalidPayloadsAreRefusedWithTheValidationMessages() throws Exception {
        assertThat(call("order", Map.of("item", "", "count", 0)))
                .isEqualTo(Map.of("error", "count must be greater than 0, item must not be blank"));
    }

    @Test
    void payloadsThatCannotBeBoundAreRefused() throws Exception {
        assertThat(String.valueOf(call("order", Map.of("item", "tea", "count", "many"))))
                .startsWith("{error=");
        assertThat(String.valueOf(call("two"))).isEqualTo("{error=argument 1 is missing}");
    }

    @Test
    void exceptionHandlersProvideTheErrorOfTheAcknowledgement() throws Exception {
        Object error = Map.of("error", Map.of("code", "SOLD_OUT", "message", "sold out"));
        assertThat(call("order", new Order("gone", 1))).isEqualTo(error);
        assertThat(call("later", false)).isEqualTo(Map.of("error", Map.of("code", "SOLD_OUT", "message", "too late")));
    }

    @Test
    void anAdviceMapsExceptionsTheControllerDoesNotHandle() throws Exception {
        assertThat(call("spoilt")).isEqualTo(Map.of("error", "no milk"));
    }

    @Test
    void unexpectedExceptionsAreNotShownToTheClient() throws Exception {
        assertThat(call("order", new Order("bug", 1))).isEqualTo(Map.of("error", "internal error"));
    }

    @Test
    void acknowledgementsCanBeAsynchronousManualOrEmpty() throws Exception {
        assertThat(call("later", true)).isEqualTo("done");
        assertThat(call("byHand")).isEqualTo("hand");
        assertThat(orders.call("quiet", SOON).size()).isZero();
    }

    @Test
    void aPrototypeBeanIsCreatedForEachCall() throws Exception {
        Socket counters = client.socket(Clients.url(context) + "/counters").connectBlocking(SOON);
        assertThat(counters.call("count", SOON).get(0)).isEqualTo(1);
        assertThat(counters.call("count", SOON).get(0)).isEqualTo(1);
    }

    @Test
    void disconnectHandlersReceiveTheReason() throws Exception {
        SEEN.clear();
        Socket other = client.socket(
                        Clients.url(context) + "/orders",
                        ClientOptions.builder()
                                .forceNew(true)
                                .auth(Map.of("name", "Bob"))
                                .build())
                .connectBlocking(SOON);
        other.disconnect();
        assertThat(SEEN.poll(10, TimeUnit.SECONDS)).isEqualTo("client namespace disconnect");
        assertThat(SEEN).isEmpty();
    }
}
