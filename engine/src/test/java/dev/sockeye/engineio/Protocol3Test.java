package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Clients of Socket.IO 2.x. */
class Protocol3Test {
    private Bench bench = new Bench(o -> o.allowEIO3(true));

    private String open(String more) {
        RecordingExchange exchange = bench.get("?EIO=3&transport=polling" + more);
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.text()).matches("\\d+:0\\{\"sid\":.*}");
        assertThat(bench.session().protocol()).isEqualTo(3);
        return "?EIO=3&transport=polling" + more + "&sid=" + bench.session().id();
    }

    private void sendBoth() {
        bench.loop.execute(() -> bench.session()
                .send(List.of(Message.text("hello"), Message.binary(new byte[] {1, 2, 3, 4})), true, null));
    }

    @Test
    void binaryPayloadsAreSentByDefault() {
        String query = open("");
        sendBoth();
        RecordingExchange poll = bench.get(query);
        assertThat(poll.header("content-type")).isEqualTo("application/octet-stream");
        assertThat(HexFormat.of().formatHex(poll.bytes())).isEqualTo("0006ff3468656c6c6f0105ff0401020304");
    }

    @Test
    void binaryIsSentAsBase64OnRequest() {
        String query = open("&b64=1");
        sendBoth();
        RecordingExchange poll = bench.get(query);
        assertThat(poll.header("content-type")).isEqualTo("text/plain; charset=UTF-8");
        assertThat(poll.text()).isEqualTo("6:4hello10:b4AQIDBA==");
    }

    @Test
    void textAndBinaryPayloadsAreReceived() {
        String query = open("");
        assertThat(bench.request("POST", query, "3:4€x10:b4AQIDBA==").text()).isEqualTo("ok");
        RecordingExchange binary = bench.request(
                bench.loop,
                "POST",
                query,
                HexFormat.of().parseHex("0004ff34e282ac0103ff040708"),
                false,
                "Content-Type",
                "application/octet-stream");
        assertThat(binary.text()).isEqualTo("ok");
        assertThat(bench.listener().events).containsExactly("text €x", "binary 01020304", "text €", "binary 0708");
    }

    @Test
    void aClosePacketOverPollingAnswersThePendingPoll() {
        String query = open("");
        RecordingExchange poll = bench.get(query);
        bench.request("POST", query, "1:1");
        assertThat(poll.text()).isEqualTo("1:6");
        assertThat(bench.listener().events).containsExactly("close transport close");
        assertThat(bench.get(query).status()).isEqualTo(400);
    }

    @Test
    void aMalformedPayloadClosesTheSession() {
        String query = open("");
        assertThat(bench.request("POST", query, "abc").text()).isEqualTo("ok");
        assertThat(bench.listener().events).containsExactly("close parse error");
    }

    @Test
    void aPingIsAnsweredWithAPongWithoutData() {
        String query = open("");
        bench.request("POST", query, "6:2probe");
        assertThat(bench.get(query).text()).isEqualTo("1:3");
    }

    @Test
    void aPongFromTheClientClosesTheSession() {
        String query = open("");
        bench.request("POST", query, "1:3");
        assertThat(bench.listener().events).containsExactly("close transport error");
    }

    @Test
    void jsonpPollsAndFormPostsAreSupported() {
        RecordingExchange handshake = bench.get("?EIO=3&transport=polling&j=4x2&b64=1");
        assertThat(handshake.text()).matches("___eio\\[42]\\(\"\\d+:0\\{\\\\\"sid\\\\\".*}\"\\);");
        String query = "?EIO=3&transport=polling&j=42&sid=" + bench.session().id();
        bench.send("a\"\u2028b");
        assertThat(bench.get(query).text()).isEqualTo("___eio[42](\"5:4a\\\"\\u2028b\");");
        assertThat(bench.request("POST", query, "d=4%3A4a%5Cnb5%3A4a%5C%5Cnb").text())
                .isEqualTo("ok");
        assertThat(bench.listener().events).containsExactly("text a\nb", "text a\\nb");
    }

    @Test
    void binaryFramesCarryATypeByte() {
        FakeUpgrade socket = bench.upgrade("?EIO=3&transport=websocket");
        sendBoth();
        assertThat(socket.frames.subList(1, 3)).containsExactly("4hello", "hex:0401020304");
        socket.binary((byte) 4, (byte) 9);
        socket.text("b4CQ==");
        assertThat(bench.listener().events).containsExactly("binary 09", "binary 09");
        socket.binary((byte) 99);
        assertThat(bench.listener().events)
                .as("a packet of an unknown type is ignored")
                .containsExactly("binary 09", "binary 09");
    }

    @Test
    void anUpgradeWorksAsInProtocol4() {
        open("");
        FakeUpgrade socket = bench.upgrade(
                "?EIO=3&transport=websocket&sid=" + bench.session().id());
        socket.text("2probe");
        assertThat(socket.frames).containsExactly("3probe");
        socket.text("5");
        bench.send("x");
        assertThat(socket.frames).last().isEqualTo("4x");
    }

    @Test
    void aClientThatFloodsPingsAndDoesNotReadTheAnswersIsClosed() {
        bench = new Bench(o -> o.allowEIO3(true).maxOutboundBytes(64 * 100));
        String query = open("");
        for (int i = 0; i < 200 && bench.server.clientsCount() > 0; i++) {
            bench.request("POST", query, "1:2");
        }
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
    }

    @Test
    void pingsAreAnsweredWhileTheClientReadsLater() {
        String query = open("");
        bench.request("POST", query, "1:21:21:2");
        assertThat(bench.get(query).text()).isEqualTo("1:31:31:3");
        assertThat(bench.session().bufferedBytes()).isZero();
    }
}
