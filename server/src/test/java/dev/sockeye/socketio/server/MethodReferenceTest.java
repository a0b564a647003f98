package dev.sockeye.socketio.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.AckEventHandler;
import dev.sockeye.socketio.Event;
import dev.sockeye.socketio.EventHandler;
import dev.sockeye.socketio.protocol.TypeRef;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That all these compile is the half of the test. */
class MethodReferenceTest {
    private static final Event<String> TYPED = Event.of("typed", String.class);
    private final TestServer server = new TestServer();
    private final List<Object> seen = new ArrayList<>();

    private void overloaded(String text) {
        seen.add("one " + text);
    }

    @SuppressWarnings({"UnusedMethod", "unused"}) // its being there is what makes the other's name overloaded
    private void overloaded(String text, Ack ack) {
        seen.add("two " + text + ack.expected());
    }

    private void answers(String text, Ack ack) {
        ack.send(text + "!");
    }

    @Test
    void typedListenersCanBeReferencesToOverloadedMethods() {
        EventHandler<String> handler = text -> seen.add("handler " + text);
        AckEventHandler<String> both = (text, ack) -> seen.add("both " + text);
        server.io.onConnection(socket -> {
            socket.on("a", String.class, seen::add);
            socket.once("a", String.class, seen::add);
            socket.on("a", String.class, this::overloaded);
            socket.on("a", String.class, this::answers);
            socket.on("a", String.class, handler);
            socket.on("a", String.class, both);
            socket.on("a", String.class, text -> seen.add("lambda " + text));
            socket.on("a", String.class, (text, ack) -> seen.add("ack " + ack.expected()));
            socket.on("list", new TypeRef<List<Integer>>() {}, seen::add);
            socket.once("list", new TypeRef<List<Integer>>() {}, seen::add);
            socket.on(TYPED, seen::add);
            socket.once(TYPED, seen::add);
            socket.on("gone", String.class, handler);
            socket.off("gone", handler);
        });
        FakeClient client = server.connect();
        client.text("421[\"a\",\"x\"]");
        assertThat(client.next()).isEqualTo("431[\"x!\"]");
        assertThat(seen).containsExactly("x", "x", "one x", "handler x", "both x", "lambda x", "ack true");
        seen.clear();
        client.text("42[\"list\",[1,2]]").text("42[\"typed\",\"y\"]").text("42[\"gone\",\"z\"]");
        assertThat(seen).containsExactly(List.of(1, 2), List.of(1, 2), "y", "y");
    }
}
