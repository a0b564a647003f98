package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.ErrorListener;
import dev.sockeye.socketio.RawHandler;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Listeners of a socket, on a fake network. */
class SocketEventsTest {
    private final Bench bench = new Bench();
    private final List<Object> told = new ArrayList<>();

    @Test
    void onceRemovesItselfAndNotAnEqualListener() {
        Socket socket = bench.connected(Bench.webSocket().build());
        RawHandler handler = (args, ack) -> told.add(args.get(0));
        socket.on("e", handler);
        socket.once("e", handler);
        bench.server().text("42[\"e\",1]").text("42[\"e\",2]");
        assertThat(told).containsExactly(1, 1, 2);
    }

    @Test
    void offRemovesOneOfSeveralEqualListeners() {
        Socket socket = bench.connected(Bench.webSocket().build());
        RawHandler handler = (args, ack) -> told.add(args.get(0));
        socket.on("e", handler);
        socket.on("e", handler);
        socket.on("e", handler);
        socket.off("e", handler);
        bench.server().text("42[\"e\",1]");
        assertThat(told).containsExactly(1, 1);
        socket.off("e", handler);
        socket.off("e", handler);
        socket.off("e", handler);
        bench.server().text("42[\"e\",2]");
        assertThat(told).containsExactly(1, 1);
        assertThat(socket.listeners("e")).isEmpty();
    }

    @Test
    void aRegistrationRemovesOnlyItsOwnListener() {
        Socket socket = bench.connected(Bench.webSocket().build());
        ErrorListener handler = told::add;
        Registration first = socket.onError(handler);
        socket.onError(handler);
        first.close();
        first.close();
        socket.on("e", (args, ack) -> {
            throw new IllegalStateException("as told");
        });
        bench.server().text("42[\"e\"]");
        assertThat(told).hasSize(1);
    }

    @Test
    void aDelayedConnectListenerStillReceivesTheId() {
        Socket socket = bench.socket(Bench.webSocket().build());
        socket.onConnect((id, recovered) -> told.add(id + " " + recovered + " " + socket.id()));
        bench.listeners.busy = true;
        bench.server().accept().text("40{\"sid\":\"first\",\"pid\":\"p\"}").end();
        bench.loop.advance(5000);
        bench.server().accept().text("40{\"sid\":\"first\",\"pid\":\"p\"}").end();
        bench.listeners.release();
        assertThat(told).containsExactly("first false null", "first true null");
    }

    @Test
    void aListenerExceptionIsSentAsAnErrorAck() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.onError(told::add);
        socket.on("e", (args, ack) -> {
            throw new IllegalStateException("a secret");
        });
        socket.on("number", Integer.class, (number, ack) -> ack.send(number));
        bench.server().text("425[\"e\"]").text("426[\"number\",\"no\"]").text("42[\"e\"]");
        assertThat(bench.server().frames).contains("435[{\"error\":\"internal error\"}]");
        assertThat(bench.server().frames)
                .anyMatch(frame -> frame.startsWith("436[{\"error\":\"event \\\"number\\\", argument 1"));
        assertThat(told).hasSize(3);
    }

    @Test
    void aThrowingCatchAllListenerDoesNotAffectTheAck() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.onAny((event, args) -> {
            throw new IllegalStateException();
        });
        socket.on("e", (args, ack) -> ack.send("fine"));
        bench.server().text("425[\"e\"]");
        assertThat(bench.server().frames).contains("435[\"fine\"]");
    }

    @Test
    void aMailboxAtItsByteLimitPausesReading() {
        Socket socket = bench.connected(Bench.webSocket().mailboxBytes(10_000).build());
        socket.on("e", (args, ack) -> told.add(args.get(0)));
        bench.listeners.busy = true;
        for (int i = 0; i < 100; i++) {
            bench.server().text("42[\"e\"," + i + ",\"" + "x".repeat(1000) + "\"]");
        }
        assertThat(bench.server().isReading()).isFalse();
        assertThat(bench.server().waiting()).isBetween(88, 92);
        bench.listeners.release();
        assertThat(told).hasSize(100);
        assertThat(bench.server().isReading()).isTrue();
    }

    @Test
    void acksForCallbacksCountTowardsTheMailboxLimit() {
        Socket socket = bench.connected(Bench.webSocket().mailboxBytes(10_000).build());
        bench.listeners.busy = true;
        for (int i = 0; i < 100; i++) {
            socket.emit("e", Arguments.none(), (error, args) -> told.add(args.get(0)));
            bench.server().text("43" + i + "[\"" + "x".repeat(1000) + "\"]");
        }
        assertThat(bench.server().waiting()).isBetween(88, 92);
        bench.listeners.release();
        assertThat(told).hasSize(100);
    }

    @Test
    void slowManagerPacketListenersPauseReading() {
        Socket socket = bench.connected(Bench.webSocket().mailboxCapacity(10).build());
        socket.io().onPacket(told::add);
        bench.listeners.busy = true;
        for (int i = 0; i < 100; i++) {
            bench.server().text("42[\"e\"]");
        }
        assertThat(bench.server().isReading()).isFalse();
        bench.listeners.release();
        assertThat(told).hasSize(100);
        assertThat(bench.server().isReading()).isTrue();
    }

    @Test
    void aRefusalOfAConnectedSocketDisconnectsIt() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.onDisconnect((reason, details) -> told.add(reason));
        socket.onConnectError(error -> told.add(error.getMessage()));
        var answer = socket.emitWithAck("e");
        bench.server().text("44{\"message\":\"no more\"}");
        assertThat(told).containsExactly(DisconnectReason.IO_SERVER_DISCONNECT, "no more");
        assertThat(answer).isCompletedExceptionally();
        socket.connect();
        bench.server().accept().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
    }

    @Test
    void acksFailInTheOrderOfTheirEvents() {
        Socket socket = bench.connected(Bench.webSocket().build());
        List<Object> expected = new ArrayList<>();
        for (int i = 0; i < 68; i++) {
            int number = i;
            expected.add(number);
            socket.emit("e", Arguments.none(), (error, args) -> told.add(number));
            if (i < 60) { // few wait
                bench.server().text("43" + i + "[]");
            }
        }
        bench.server().end();
        assertThat(told).isEqualTo(expected);
    }

    /** The server neither takes the last event, nor are its pings read any more. */
    @Test
    void aClosedConnectionThatIsNotReadEnds() {
        Socket socket = bench.connected(Bench.webSocket().mailboxCapacity(1).build());
        socket.on("e", (args, ack) -> told.add(args.size()));
        bench.listeners.busy = true;
        bench.server().text("42[\"e\"]").text("42[\"e\"]").text("42[\"e\"]");
        assertThat(bench.server().isReading()).isFalse();
        bench.server().slow = true;
        socket.emit("last");
        bench.loop.advance(60_000);
        socket.disconnect();
        bench.loop.advance(44_000);
        assertThat(bench.server().isClosed()).isFalse();
        bench.loop.advance(2_000);
        assertThat(bench.server().isClosed()).isTrue();
        bench.listeners.release();
    }

    /** The server disconnects the socket while its DISCONNECT and CONNECT packets are on the way. */
    @Test
    void aServerDisconnectWhileConnectingIsReported() {
        Socket socket = bench.connected(Bench.webSocket().build());
        socket.onDisconnect((reason, details) -> told.add(reason));
        bench.io.socket("http://localhost/other", Bench.webSocket().build()); // keeps the connection open
        socket.disconnect();
        socket.connect();
        bench.server().text("41");
        assertThat(told).containsExactly(DisconnectReason.IO_CLIENT_DISCONNECT, DisconnectReason.IO_SERVER_DISCONNECT);
        assertThat(socket.active()).isFalse();
        socket.connect();
        bench.server().text("40{\"sid\":\"left\"}");
        assertThat(socket.connected()).isFalse();
        bench.server().text("40{\"sid\":\"id-2\"}");
        assertThat(socket.connected()).isTrue();
        assertThat(bench.webSockets).hasSize(1);
    }
}
