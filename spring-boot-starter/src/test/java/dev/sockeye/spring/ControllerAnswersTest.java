package dev.sockeye.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The answers of handlers that complete later, without a Spring context. */
class ControllerAnswersTest {
    private final Map<String, RawHandler> handlers = new HashMap<>();
    private final List<String> answers = new ArrayList<>();
    private final Controller controller = new Controller();

    static class Controller {
        final CompletableFuture<String> later = new CompletableFuture<>();

        @OnEvent("later")
        CompletableFuture<String> later() {
            return later;
        }

        @SocketIoExceptionHandler(IllegalArgumentException.class)
        String failing(IllegalArgumentException error) {
            throw new IllegalStateException("expected in the log of this test", error);
        }

        @SocketIoExceptionHandler(UnsupportedOperationException.class)
        String mapped() {
            return "mapped";
        }

        final CompletableFuture<String> text = new CompletableFuture<>();

        @OnEvent("optional")
        String optional(Optional<String> text) {
            return text.orElse("nothing");
        }

        @SocketIoExceptionHandler(ArithmeticException.class)
        CompletableFuture<String> mappedLater() {
            return text;
        }
    }

    /** An acknowledgement that cannot encode the text "unwritable". */
    private final class RecordingAck implements Ack {
        private boolean sent;

        @Override
        public boolean expected() {
            return true;
        }

        @Override
        public void send(@Nullable Object... args) {
            if (Arrays.asList(args).contains("unwritable")) {
                throw new IllegalStateException("expected in the log of this test: cannot be encoded");
            }
            if (!sent) {
                sent = true;
                answers.add(Arrays.toString(args));
            }
        }

        @Override
        public void error(String message) {
            send(Map.of("error", message));
        }
    }

    @SuppressWarnings("unchecked")
    private <T> T fake(Class<T> type) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> switch (method.getName()) {
                    case "on" -> {
                        handlers.put((String) args[0], (RawHandler) args[1]);
                        yield null;
                    }
                    case "request" -> fake(HostRequest.class);
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == args[0];
                    case "toString" -> type.getSimpleName();
                    default -> null;
                });
    }

    @BeforeEach
    void call() throws Exception {
        ControllerHandlers.Bean bean =
                new ControllerHandlers.Bean(Controller.class, Controller.class, () -> controller);
        new ControllerHandlers(
                        bean, fake(SocketIoServer.class), PayloadValidation.NONE, HandlerObserver.NONE, List.of())
                .handle(fake(Socket.class));
        RawHandler handler = handlers.get("later");
        assertThat(handler).isNotNull();
        handler.handle(Arguments.none(), new RecordingAck());
        assertThat(answers).isEmpty();
    }

    @Test
    void theValueIsTheAnswer() {
        controller.later.complete("now");
        assertThat(answers).containsExactly("[now]");
    }

    @Test
    void theResultOfTheExceptionHandlerIsTheAnswer() {
        controller.later.completeExceptionally(new UnsupportedOperationException());
        assertThat(answers).containsExactly("[{error=mapped}]");
    }

    @Test
    void aValueThatCannotBeEncodedIsAnsweredWithAnError() {
        controller.later.complete("unwritable");
        assertThat(answers).containsExactly("[{error=internal error}]");
    }

    @Test
    void anExceptionHandlerThatFailsIsAnsweredWithAnError() {
        controller.later.completeExceptionally(new IllegalArgumentException());
        assertThat(answers).containsExactly("[{error=internal error}]");
    }

    @Test
    void theResultOfAnAsynchronousExceptionHandlerIsTheAnswer() {
        controller.later.completeExceptionally(new ArithmeticException());
        assertThat(answers).isEmpty();
        controller.text.complete("looked up");
        assertThat(answers).containsExactly("[{error=looked up}]");
    }

    @Test
    void anAsynchronousExceptionHandlerThatFailsIsAnsweredWithAnError() {
        controller.later.completeExceptionally(new ArithmeticException());
        controller.text.completeExceptionally(new IllegalStateException("expected in the log of this test"));
        assertThat(answers).containsExactly("[{error=internal error}]");
    }

    @Test
    void anOptionalArgumentMayBeMissing() throws Exception {
        RawHandler handler = handlers.get("optional");
        handler.handle(Arguments.none(), new RecordingAck());
        handler.handle(Arguments.of((Object) null), new RecordingAck());
        handler.handle(Arguments.of("some"), new RecordingAck());
        assertThat(answers).containsExactly("[nothing]", "[nothing]", "[some]");
    }
}
