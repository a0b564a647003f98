package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.socketio.Ack;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connection state recovery, on a fake network. */
class RecoveryTest {
    private static final String RECOVERED = "40{\"sid\":\"id-1\",\"pid\":\"p\"}";
    private final Bench bench = new Bench();
    private final List<String> told = new ArrayList<>();

    private Socket connected(ClientOptionsBuilder options) {
        Socket socket = bench.connected(options.build());
        socket.on("e", Integer.class, number -> told.add("e" + number));
        socket.onConnect(() -> told.add("connect"));
        return socket;
    }

    private static String missed(int number) {
        return "42[\"e\"," + number + ",\"offset-" + number + "\"]";
    }

    private static List<String> upTo(int number) {
        List<String> all = new ArrayList<>();
        IntStream.range(0, number).forEach(i -> all.add("e" + i));
        return all;
    }

    @Test
    void missedEventsAreDeliveredBeforeTheConnectListenerRuns() {
        Socket socket = connected(Bench.webSocket());
        bench.server().text(missed(0));
        FakeWebSocket server = bench.reconnect();
        assertThat(server.frames).contains("40{\"pid\":\"p\",\"offset\":\"offset-0\"}");
        server.text(missed(1)).text(missed(2));
        assertThat(told).as("nothing before CONNECT").containsExactly("e0");
        server.text(RECOVERED);
        assertThat(told).containsExactly("e0", "e1", "e2", "connect");
        assertThat(socket.recovered()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 100})
    void missedEventsBeyondTheMailboxCapacityPauseReadingAndNoneIsLost(int capacity) {
        Socket socket = connected(Bench.webSocket().mailboxCapacity(capacity));
        FakeWebSocket server = bench.reconnect();
        bench.listeners.busy = true;
        for (int i = 0; i < 900; i++) {
            server.text(missed(i));
        }
        server.text(RECOVERED);
        assertThat(server.isReading()).as("the client stops reading").isFalse();
        assertThat(socket.recovered()).isFalse();
        bench.listeners.release();
        List<String> all = upTo(900);
        all.add("connect");
        assertThat(told).containsExactlyElementsOf(all);
        assertThat(socket.recovered()).isTrue();
        assertThat(server.isReading()).isTrue();
    }

    @Test
    void recoveryInterruptedByAConnectionLossResumesAfterTheDeliveredEvents() {
        connected(Bench.webSocket().mailboxCapacity(10));
        FakeWebSocket server = bench.reconnect();
        for (int i = 0; i < 25; i++) {
            server.text(missed(i));
        }
        server = bench.reconnect();
        assertThat(server.frames).contains("40{\"pid\":\"p\",\"offset\":\"offset-24\"}");
        server.text(missed(25)).text(RECOVERED);
        List<String> all = upTo(26);
        all.add("connect");
        assertThat(told).containsExactlyElementsOf(all);
    }

    @Test
    void missedEventsNotYetDeliveredAreReceivedAgainAfterAConnectionLoss() {
        connected(Bench.webSocket().mailboxCapacity(10));
        bench.server().text(missed(0));
        FakeWebSocket server = bench.reconnect();
        server.text(missed(1)).text(missed(2));
        server = bench.reconnect();
        assertThat(server.frames).contains("40{\"pid\":\"p\",\"offset\":\"offset-0\"}");
        server.text(missed(1)).text(missed(2)).text(missed(3)).text(RECOVERED);
        assertThat(told).containsExactly("e0", "e1", "e2", "e3", "connect");
    }

    @Test
    void anEventThatRequestsAnAckDoesNotAdvanceTheOffset() {
        connected(Bench.webSocket());
        bench.server().text(missed(0)).text("427[\"ask\",\"no offset\"]");
        assertThat(bench.reconnect().frames).contains("40{\"pid\":\"p\",\"offset\":\"offset-0\"}");
    }

    @Test
    void anAckForAnEventOfAnEarlierConnectionIsNotSent() {
        Socket socket = connected(Bench.webSocket());
        List<Ack> asked = new ArrayList<>();
        socket.on("ask", (args, ack) -> asked.add(ack));
        bench.server().text("427[\"ask\"]");
        FakeWebSocket server = bench.reconnect().text(RECOVERED);
        asked.get(0).send("late");
        assertThat(server.frames).noneMatch(frame -> frame.startsWith("43"));
        server.text("427[\"ask\"]");
        asked.get(1).send("in time");
        assertThat(server.frames).contains("437[\"in time\"]");
    }
}
