package dev.sockeye.jakarta;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request whose container refuses the response, on the thread of the test. */
class ServletExchangeTest {
    private final LoopGroup group =
            new LoopGroup(JakartaOptions.builder().executor(Runnable::run).build());
    private final List<String> calls = new ArrayList<>();
    private String refused = "addHeader";
    private boolean committed;
    private boolean recycled;

    @AfterEach
    void close() {
        group.close(false);
    }

    @SuppressWarnings("unchecked")
    private <T> T fake(Class<T> type) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
            String name = method.getName();
            if (name.equals("setStatus") || name.equals("complete") || name.equals("reset")) {
                calls.add(args == null ? name : name + " " + args[0]);
            }
            if (recycled && type == HttpServletRequest.class) {
                throw new IllegalStateException("used after the end of the request");
            }
            if (name.equals(refused)) {
                throw new IllegalArgumentException("thrown by the test");
            }
            return switch (name) {
                case "getMethod" -> "GET";
                case "getRequestURI" -> "/socket.io/";
                case "startAsync" -> fake(AsyncContext.class);
                case "isCommitted" -> committed;
                case "isSecure" -> false;
                default -> method.getReturnType() == Enumeration.class ? Collections.emptyEnumeration() : null;
            };
        });
    }

    private ServletExchange exchange() {
        return new ServletExchange(
                fake(HttpServletRequest.class),
                fake(HttpServletResponse.class),
                group.loop("here", 1),
                group,
                new FakeEngine());
    }

    private void respond() {
        exchange()
                .respond(new HostResponse(
                        200, List.of(new Header("X-Name", "value")), "ok".getBytes(StandardCharsets.US_ASCII)));
    }

    /** Otherwise the client would believe that its request was successful. */
    @ParameterizedTest
    @ValueSource(strings = {"addHeader", "setContentLength", "getOutputStream"})
    void aResponseThatTheContainerRefusesIsAnInternalServerError(String step) {
        refused = step;
        respond();
        assertThat(calls).containsExactly("setStatus 200", "reset", "setStatus 500", "complete");
        assertThat(group.openConnections()).isZero();
    }

    @Test
    void aCommittedResponseThatFailsIsCompleted() {
        committed = true;
        respond();
        assertThat(calls).containsExactly("setStatus 200", "complete");
        assertThat(group.openConnections()).isZero();
    }

    /** The body of a request whose middleware has waited, for example. */
    @Test
    void aBodyIsNotReadAfterTheEndOfTheRequest() {
        ServletExchange exchange = exchange();
        exchange.onComplete(new AsyncEvent(fake(AsyncContext.class)));
        recycled = true; // the container may use it for another request
        List<String> told = new ArrayList<>();
        exchange.readBody(100, new HttpExchange.BodyListener() {
            @Override
            public void onBody(byte[] body) {
                told.add("body");
            }

            @Override
            public void onTooLarge() {
                told.add("too large");
            }

            @Override
            public void onAborted() {
                told.add("aborted");
            }
        });
        assertThat(told).containsExactly("aborted");
    }
}
