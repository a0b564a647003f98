package dev.sockeye.spring;

import static dev.sockeye.spring.Clients.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Positive;
import jakarta.validation.constraints.Size;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.aop.framework.autoproxy.BeanNameAutoProxyCreator;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.annotation.RequestScope;
import org.springframework.web.context.annotation.SessionScope;

/** Handlers in beans of all kinds: behind JDK proxies, request and session scoped, asynchronous. */
@Timeout(60)
final class BeansTest {
    private static final AtomicInteger INTERCEPTED = new AtomicInteger();
    private static final AtomicInteger ENDED = new AtomicInteger();
    private static ConfigurableApplicationContext context;
    private static SocketIoClient client;

    record Order(@NotBlank String item, @Positive int count) {}

    interface Shop {
        String order(@Valid Order order);

        String all(@Valid List<Order> orders);

        String name(@Size(min = 2, max = 5) String name);
    }

    /** Behind a JDK proxy. */
    @SocketIoController("/shop")
    static class ShopBean implements Shop {
        @OnEvent("order")
        @Override
        public String order(Order order) {
            return order.item();
        }

        @OnEvent("all")
        @Override
        public String all(List<Order> orders) {
            return orders.size() + "";
        }

        @OnEvent("name")
        @Override
        public String name(String name) {
            return name;
        }
    }

    /** One for each call. */
    @RequestScope
    static class Basket implements DisposableBean {
        private int items;

        int add() {
            return ++items;
        }

        @Override
        public void destroy() {
            ENDED.incrementAndGet();
        }
    }

    /** One for each HTTP session. */
    @SessionScope
    static class Account {
        private int visits;

        synchronized int visit() {
            return ++visits;
        }
    }

    @SocketIoController("/scopes")
    static class Scopes {
        private final Basket basket;
        private final Account account;

        Scopes(Basket basket, Account account) {
            this.basket = basket;
            this.account = account;
        }

        @OnEvent("basket")
        int basket() {
            return basket.add() + basket.add();
        }

        @OnEvent("account")
        int account() {
            return account.visit();
        }
    }

    @SocketIoController("/scopes")
    @RequestScope
    static class Scoped {
        private int calls;

        @OnEvent("scoped")
        int scoped() {
            return ++calls;
        }
    }

    @SocketIoController("/scopes")
    static class Later {
        @OnEvent("elements")
        public int elements(List<@Valid Order> orders, Map<String, @Positive Integer> counts) {
            return orders.size();
        }

        @Async
        @OnEvent("async")
        public CompletableFuture<String> later() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }

    @RestController
    static class Web {
        private final Account account;

        Web(Account account) {
            this.account = account;
        }

        @GetMapping("/visit")
        String visit() {
            return "visit " + account.visit();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @EnableAsync
    @Import({
        OpenToAll.class,
        ShopBean.class,
        Basket.class,
        Account.class,
        Scopes.class,
        Scoped.class,
        Later.class,
        Web.class
    })
    static class Application {
        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("*ShopBean");
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
    static void start() {
        context = Clients.run(
                new Class<?>[] {Application.class, OneContainer.Tomcat.class}, "--spring.aop.proxy-target-class=false");
        client = SocketIoClient.create();
    }

    @AfterAll
    static void stop() {
        client.close();
        context.close();
    }

    private static Socket socket(String namespace) throws InterruptedException {
        return client.socket(Clients.url(context) + namespace).connectBlocking(SOON);
    }

    @Test
    void handlersBehindAJdkProxyAreInvokedThroughItAndValidated() throws Exception {
        assertThat(java.lang.reflect.Proxy.isProxyClass(
                        context.getBean(Shop.class).getClass()))
                .isTrue();
        Socket shop = socket("/shop");
        int before = INTERCEPTED.get();
        assertThat(shop.call("order", SOON, new Order("tea", 1)).get(0)).isEqualTo("tea");
        assertThat(INTERCEPTED.get()).isEqualTo(before + 1);
        assertThat(shop.call("order", SOON, new Order("", 1)).get(0))
                .isEqualTo(Map.of("error", "item must not be blank"));
        assertThat(shop.call("all", SOON, List.of(new Order("tea", 1))).get(0)).isEqualTo("1");
        assertThat(shop.call("all", SOON, List.of(new Order("tea", 1), new Order("tea", 0)))
                        .get(0))
                .isEqualTo(Map.of("error", "[1].count must be greater than 0"));
        assertThat(String.valueOf(shop.call("name", SOON, "x").get(0))).contains("size must be between 2 and 5");
        assertThat(INTERCEPTED.get()).isEqualTo(before + 2);
    }

    @Test
    void elementsOfCollectionsAreValidated() throws Exception {
        Socket scopes = socket("/scopes");
        List<Order> good = List.of(new Order("tea", 1));
        assertThat(scopes.call("elements", SOON, good, Map.of("a", 1)).get(0)).isEqualTo(1);
        assertThat(String.valueOf(
                        scopes.call("elements", SOON, good, Map.of("a", 0)).get(0)))
                .contains("must be greater than 0");
        assertThat(String.valueOf(scopes.call("elements", SOON, List.of(new Order("tea", 0)), Map.of())
                        .get(0)))
                .contains("must be greater than 0");
    }

    @Test
    void aRequestScopedBeanLivesForOneCall() throws Exception {
        Socket scopes = socket("/scopes");
        int ended = ENDED.get();
        assertThat(scopes.call("basket", SOON).get(0)).isEqualTo(3);
        assertThat(scopes.call("basket", SOON).get(0)).isEqualTo(3);
        assertThat(scopes.call("scoped", SOON).get(0)).isEqualTo(1);
        assertThat(scopes.call("scoped", SOON).get(0)).isEqualTo(1);
        org.awaitility.Awaitility.await().until(() -> ENDED.get() == ended + 2);
    }

    @Test
    void aSessionScopedBeanBelongsToTheHttpSession() throws Exception {
        CookieManager cookies = new CookieManager();
        String body = HttpClient.newBuilder()
                .cookieHandler(cookies)
                .build()
                .send(
                        HttpRequest.newBuilder(URI.create(Clients.url(context) + "/visit"))
                                .build(),
                        BodyHandlers.ofString())
                .body();
        assertThat(body).isEqualTo("visit 1");
        String cookie = cookies.getCookieStore().getCookies().get(0).toString();
        Socket known = client.socket(
                        Clients.url(context) + "/scopes",
                        ClientOptions.builder()
                                .forceNew(true)
                                .extraHeaders(Map.of("Cookie", cookie.replace("\"", "")))
                                .build())
                .connectBlocking(SOON);
        assertThat(known.call("account", SOON).get(0)).isEqualTo(2);
        assertThat(known.call("account", SOON).get(0)).isEqualTo(3);
        assertThat(socket("/scopes").call("account", SOON).get(0)).isEqualTo(Map.of("error", "internal error"));
    }

    @Test
    void asyncHandlersAcknowledgeFromATaskExecutorThread() throws Exception {
        assertThat(String.valueOf(socket("/scopes").call("async", SOON).get(0))).startsWith("task-");
    }

    // what cannot be a handler stops the start

    @SocketIoControllerAdvice
    static class WrongAdvice {
        @OnEvent("never")
        void never() {}
    }

    @SocketIoController
    static class WrongParameter {
        @OnDisconnect
        void left(Order order) {}
    }

    @SocketIoController
    static class WrongHeader {
        @OnEvent("x")
        void x(@Header("accept") int number) {}
    }

    @SocketIoController
    static class NotInInterface implements Runnable {
        @Override
        public void run() {}

        @OnEvent("x")
        public void x() {}
    }

    @SocketIoController
    static class ConstraintTooLate implements Shop {
        @OnEvent("order")
        @Override
        public String order(Order order) {
            return "";
        }

        @Override
        public String all(List<Order> orders) {
            return "";
        }

        @Override
        public String name(@NotBlank String name) {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class JdkProxies {
        @Bean
        static BeanNameAutoProxyCreator proxies() {
            BeanNameAutoProxyCreator creator = new BeanNameAutoProxyCreator();
            creator.setBeanNames("*NotInInterface");
            creator.setInterceptorNames("nothing");
            return creator;
        }

        @Bean
        static MethodInterceptor nothing() {
            return call -> call.proceed();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    @Import(OpenToAll.class)
    static class Empty {}

    @Test
    void invalidHandlersFailStartupWithASuggestedAction() {
        assertWrong("there is no payload", WrongParameter.class);
        assertWrong("is not called in", WrongAdvice.class);
        assertWrong("@Header needs a String", WrongHeader.class);
        assertWrong("cannot be used", ConstraintTooLate.class);
        assertWrong("does not have the handler", NotInInterface.class, JdkProxies.class);
    }

    private static void assertWrong(String message, Class<?>... more) {
        Class<?>[] all = new Class<?>[more.length + 1];
        System.arraycopy(more, 0, all, 1, more.length);
        all[0] = Empty.class;
        assertThatThrownBy(() -> Clients.run(all, "--spring.aop.proxy-target-class=false")
                        .close())
                .isInstanceOf(InvalidHandlerException.class)
                .hasMessageContaining(message)
                .satisfies(error -> assertThat(
                                new InvalidHandlerAnalyzer().analyze(error).getAction())
                        .isNotBlank());
    }
}
