package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.socketio.adapter.cluster.ClusterAdapter;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.adapter.cluster.ClusterMessage;
import dev.sockeye.socketio.adapter.cluster.ClusterOptions;
import dev.sockeye.socketio.protocol.DecodeException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages of emitters and servers in other languages, and of anything else that can write to the broker. */
class SloppyMessagesTest {
    private final FakeNamespace namespace = new FakeNamespace("a socket");
    private final ScriptedTransport transport = new ScriptedTransport();

    private static byte[] message(int type, String data) {
        return ("{\"uid\":\"other\",\"nsp\":\"/\",\"type\":" + type + ",\"data\":" + data + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String broadcast(String event) {
        return "{\"packet\":{\"type\":2,\"data\":[" + event + "]},\"opts\":{\"rooms\":[],\"except\":[],\"flags\":{}}}";
    }

    /** Clients take such an event for a broken connection and close it. */
    @ParameterizedTest
    @ValueSource(strings = {"connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"})
    void aBroadcastWithAReservedNameIsRefused(String name) {
        assertThatThrownBy(() -> ClusterCodec.decode(message(3, broadcast('"' + name + '"'))))
                .isInstanceOf(DecodeException.class)
                .hasMessageContaining("reserved");
    }

    /** The request would end before all answers have arrived. */
    @Test
    void aNegativeNumberOfClientsIsRefused() {
        assertThatThrownBy(() -> ClusterCodec.decode(message(11, "{\"requestId\":\"1\",\"clientCount\":-1}")))
                .isInstanceOf(DecodeException.class);
    }

    /** Whatever the content of a message is, it is refused as malformed, or it is handled without an error. */
    @Test
    void noContentOfAMessageThrowsAnythingElse() {
        new ClusterAdapter(namespace, transport, ClusterOptions.defaults()).init();
        List<String> values = List.of(
                "null",
                "true",
                "0",
                "-1",
                "1e400",
                "99999999999999999999999",
                "\"\"",
                "\"x\"",
                "[]",
                "[null]",
                "[[]]",
                "[{}]",
                "{}",
                "{\"rooms\":\"x\"}",
                "{\"rooms\":[1,1.5,\"x\"],\"except\":null,\"flags\":[]}",
                "{\"flags\":{\"timeout\":1e300,\"volatile\":1,\"latest\":[]}}",
                "{\"type\":\"2\",\"data\":[\"x\"]}",
                "{\"type\":2,\"data\":[]}",
                "{\"type\":2,\"data\":[1e400]}",
                "{\"type\":2,\"data\":[{}]}");
        List<String> contents = new ArrayList<>(values);
        for (String field : List.of("packet", "opts", "rooms", "requestId", "sockets", "clientCount", "close")) {
            for (String value : values) {
                contents.add("{\"packet\":[\"x\"],\"opts\":{},\"requestId\":\"1\",\"" + field + "\":" + value + "}");
                contents.add("{\"packet\":{\"type\":2,\"data\":[\"x\"]},\"opts\":{},\"" + field + "\":" + value + "}");
            }
        }
        int accepted = 0;
        for (int type = -1; type < 15; type++) {
            for (String content : contents) {
                accepted += handle(message(type, content), type + " " + content) ? 1 : 0;
            }
        }
        assertThat(accepted).isPositive();
    }

    private boolean handle(byte[] bytes, String what) {
        try {
            ClusterMessage message = ClusterCodec.decode(bytes);
            if (message != null) {
                transport.receive(message);
            }
            return message != null;
        } catch (DecodeException e) {
            return false;
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what, e);
        }
    }
}
