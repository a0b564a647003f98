package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A socket that was disconnected before the server answered its CONNECT, while another socket keeps the connection open. */
class LateAnswerTest {
    private final Bench bench = new Bench();
    private final ClientOptions options = Bench.webSocket().build();
    private Socket socket;

    @BeforeEach
    void disconnectBeforeTheAnswer() {
        socket = bench.io.socket("http://localhost/a", options);
        Socket other = bench.io.socket("http://localhost/b", options);
        bench.server().accept().text("40/b,{\"sid\":\"other\"}");
        socket.disconnect();
        assertThat(other.connected()).isTrue();
        assertThat(frames()).containsExactly("40/a,");
    }

    private List<String> frames() {
        return bench.server().frames.stream()
                .filter(frame -> frame.contains("/a"))
                .toList();
    }

    @Test
    void theSocketOfTheServerIsDisconnectedWhenTheAnswerArrives() {
        bench.server().text("42/a,[\"early\"]").text("40/a,{\"sid\":\"late\"}");
        assertThat(frames()).containsExactly("40/a,", "41/a,");
        assertThat(socket.connected()).isFalse();
        bench.server().text("40/a,{\"sid\":\"unasked\"}");
        assertThat(frames()).hasSize(2);
        socket.connect();
        bench.server().text("40/a,{\"sid\":\"again\"}");
        assertThat(socket.id()).isEqualTo("again");
        assertThat(frames()).containsExactly("40/a,", "41/a,", "40/a,");
    }

    /** Before the answer, the server may have sent missed events to the former socket; and it does not expect a second CONNECT. */
    @Test
    void theNextConnectWaitsForTheAnswer() {
        List<String> received = new ArrayList<>();
        socket.on("e", String.class, received::add);
        bench.server().text("42/a,[\"e\",\"1\"]");
        socket.connect();
        assertThat(frames()).containsExactly("40/a,");
        bench.server().text("42/a,[\"e\",\"2\"]").text("40/a,{\"sid\":\"one\"}");
        assertThat(frames()).containsExactly("40/a,", "41/a,", "40/a,");
        assertThat(socket.connected()).isFalse();
        bench.server().text("40/a,{\"sid\":\"two\"}");
        assertThat(socket.id()).isEqualTo("two");
        bench.server().text("42/a,[\"e\",\"3\"]");
        assertThat(received).containsExactly("3");
    }

    /**
     * Otherwise the events of the socket that the client leaves would be mixed with the missed events of its session before, and an event
     * of both arrive twice.
     */
    @Test
    void aSessionIsNotRecoveredAfterTheServerHasCreatedASocketThatTheClientLeaves() {
        bench.server().text("40/a,{\"sid\":\"late\"}");
        socket.connect();
        bench.server().text("40/a,{\"sid\":\"one\",\"pid\":\"p\"}").text("42/a,[\"e\",\"1\",\"offset\"]");
        bench.reconnect().text("40/b,{\"sid\":\"other\"}");
        assertThat(frames()).containsExactly("40/a,{\"pid\":\"p\",\"offset\":\"offset\"}");
        socket.disconnect();
        socket.connect();
        bench.server().text("40/a,{\"sid\":\"two\",\"pid\":\"q\"}");
        assertThat(frames()).endsWith("41/a,", "40/a,");
    }

    @Test
    void aSocketThatIsDisconnectedAgainSendsNoSecondConnect() {
        socket.connect();
        socket.disconnect();
        bench.server().text("40/a,{\"sid\":\"one\"}");
        assertThat(frames()).containsExactly("40/a,", "41/a,");
    }

    @Test
    void theNextConnectDoesNotWaitForeverForAServerThatDoesNotAnswer() {
        socket.connect();
        bench.loop.advance(19_000);
        bench.server().text("2");
        assertThat(frames()).hasSize(1);
        bench.loop.advance(1_000);
        assertThat(frames()).containsExactly("40/a,", "40/a,");
        bench.server().text("40/a,{\"sid\":\"answer\"}");
        assertThat(socket.id()).isEqualTo("answer");
    }

    @Test
    void aRefusalNeedsNoAnswer() {
        bench.server().text("44/a,{\"message\":\"no\"}").text("40/a,{\"sid\":\"unasked\"}");
        assertThat(frames()).containsExactly("40/a,");
    }

    @Test
    void theNextConnectionOwesNoAnswer() {
        bench.reconnect().text("40/b,{\"sid\":\"other\"}").text("40/a,{\"sid\":\"unasked\"}");
        assertThat(frames()).isEmpty();
        assertThat(socket.connected()).isFalse();
    }
}
