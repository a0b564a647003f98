package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.server.Socket;
import java.security.Principal;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.javapoet.ClassName;
import org.springframework.util.ReflectionUtils;

/** Spring's ahead-of-time processing, without the native compiler. */
@DisplayName("The hints for native images")
class ControllerHintsTest {
    record Order(String id, List<Item> items) {}

    record Item(String name) {}

    record Login(String token) {}

    record Receipt(String order) {}

    record Problem(String text) {}

    static class Unrelated {
        public String text() {
            return "none";
        }
    }

    @SocketIoController("/orders")
    static class Orders {
        @OnConnect
        void connected(Socket socket, Login login) {}

        @OnEvent("order")
        CompletableFuture<List<Receipt>> order(Order order, Principal principal, @Header("user-agent") String agent) {
            return CompletableFuture.completedFuture(List.of(new Receipt(order.id())));
        }

        @SocketIoExceptionHandler(IllegalStateException.class)
        Problem problem(IllegalStateException error) {
            return new Problem("no");
        }
    }

    private static RuntimeHints hints = new RuntimeHints();

    @BeforeAll
    static void process() {
        GenericApplicationContext context = new GenericApplicationContext();
        context.registerBean("orders", Orders.class);
        context.registerBean("unrelated", Unrelated.class);
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("dev.sockeye.spring", "Orders")), new InMemoryGeneratedFiles());
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        hints = generation.getRuntimeHints();
    }

    @Test
    void allowHandlersToBeInvoked() {
        for (var method : ReflectionUtils.getDeclaredMethods(Orders.class)) {
            assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(method))
                    .as(method.getName())
                    .accepts(hints);
        }
    }

    @Test
    void allowPayloadsAndAcknowledgementsToBeBound() {
        for (Class<?> type : List.of(Order.class, Item.class, Login.class, Receipt.class, Problem.class)) {
            assertThat(RuntimeHintsPredicates.reflection()
                            .onType(type)
                            .withMemberCategory(MemberCategory.INVOKE_DECLARED_CONSTRUCTORS))
                    .as(type.getSimpleName())
                    .accepts(hints);
            for (var component : type.getRecordComponents()) {
                assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(component.getAccessor()))
                        .as(component.toString())
                        .accepts(hints);
            }
        }
    }

    @Test
    void coverNoOtherTypes() {
        assertThat(RuntimeHintsPredicates.reflection().onType(Principal.class)).rejects(hints);
        assertThat(RuntimeHintsPredicates.reflection()
                        .onMethodInvocation(ReflectionUtils.findMethod(Unrelated.class, "text")))
                .rejects(hints);
    }
}
