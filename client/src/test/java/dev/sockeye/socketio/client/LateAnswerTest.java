package dev.sockeye.socketio.client;

import static org.assertj.core.api.Assertions.assertThat;

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

    @Test
    void eachAnswerIsFollowedByADisconnect() {
        socket.connect();
        socket.disconnect();
        bench.server().text("40/a,{\"sid\":\"one\"}").text("40/a,{\"sid\":\"two\"}");
        assertThat(frames()).containsExactly("40/a,", "40/a,", "41/a,", "41/a,");
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
