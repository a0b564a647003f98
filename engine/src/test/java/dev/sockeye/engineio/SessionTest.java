package dev.sockeye.engineio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Messages, limits and the end, on both transports. */
class SessionTest {
    private Bench bench = new Bench();

    @Test
    void aSessionNeverLeavesTheClosedState() {
        for (EngineSocket.ReadyState next : EngineSocket.ReadyState.values()) {
            assertThat(EngineSocket.ReadyState.CLOSED.mayBecome(next)).isFalse();
            assertThat(next.mayBecome(EngineSocket.ReadyState.OPENING)).isFalse();
        }
        bench.open();
        EngineSocket session = bench.session();
        bench.loop.execute(() -> session.closeNow(CloseReason.FORCED_CLOSE, null));
        assertThatThrownBy(() -> session.become(EngineSocket.ReadyState.CLOSING))
                .isInstanceOf(AssertionError.class)
                .hasMessage("a session went from CLOSED to CLOSING");
        assertThat(session.readyState()).isEqualTo(EngineSocket.ReadyState.CLOSED);
    }

    @Test
    @Tag("eio.server.84")
    @Tag("eio.server.85")
    @Tag("eio.server.103")
    void queuedMessagesAreSentInOnePollInOrderBeforeTheClose() {
        String sid = bench.open();
        RecordingExchange waiting = bench.poll(sid);
        assertThat(waiting.answered()).isFalse();
        bench.send("cash money €");
        assertThat(waiting.status()).isEqualTo(200);
        assertThat(waiting.text()).isEqualTo("4cash money €");
        bench.send("a");
        bench.send("b", "石室詩士");
        bench.loop.execute(() -> bench.session().close());
        assertThat(bench.poll(sid).text()).isEqualTo("4a\u001e4b\u001e4石室詩士");
        assertThat(bench.poll(sid).text()).isEqualTo("6\u001e1");
        assertThat(bench.listener().events).containsExactly("close forced close");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    void sendingFromTheLoopDoesNotOvertakeEarlierMessagesOfOtherThreads() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.loop.execute(() -> {
            bench.loop.elsewhere(() -> bench.session().send(List.of(Message.text("first")), true, null));
            bench.session().send(List.of(Message.text("second")), true, null);
            var broadcast = new Broadcast(List.of(Message.text("third")), true, false);
            broadcast.add(bench.session());
            broadcast.send();
        });
        assertThat(socket.frames).endsWith("4first", "4second", "4third");
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    @Test
    @Tag("eio.server.88")
    void messagesOfAPostAreDeliveredInOrderAndAnsweredOk() {
        String sid = bench.open();
        RecordingExchange post = bench.post(sid, "4héllo\u001ebAQIDBA==\u001e4\uD83D\uDE00\uE000");
        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(post.header("content-type")).isEqualTo("text/html");
        assertThat(bench.listener().events).containsExactly("text héllo", "binary 01020304", "text \uD83D\uDE00\uE000");
    }

    @Test
    @Tag("eio.server.96")
    void binaryIsSentAsBase64OverPolling() {
        String sid = bench.open();
        bench.loop.execute(() ->
                bench.session().send(List.of(Message.binary(new byte[] {1, 2, 3, 4}), Message.text("€")), true, null));
        assertThat(bench.poll(sid).text()).isEqualTo("bAQIDBA==\u001e4€");
    }

    @Test
    @Tag("eio.server.89")
    @Tag("eio.server.90")
    @Tag("eio.server.91")
    @Tag("eio.server.92")
    @Tag("eio.server.95")
    @Tag("eiop.node.01")
    void messagesAreSentOverAWebSocketInOrderBeforeTheClose() {
        FakeUpgrade socket = bench.webSocket(null);
        bench.send("a");
        bench.loop.execute(() -> {
            bench.session().send(List.of(Message.binary(new byte[] {0, -1, 5})), false, null);
            bench.session().send(Bench.messages("c"), true, null);
            bench.session().close();
        });
        assertThat(socket.frames.subList(1, 4)).containsExactly("4a", "hex:00ff05", "4c");
        assertThat(socket.compressed.subList(1, 4)).containsExactly(true, false, true);
        assertThat(socket.closeCode).isEqualTo(1005);
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void messagesAreReceivedOverAWebSocket() {
        FakeUpgrade socket = bench.webSocket(null);
        socket.text("4häßlich");
        socket.binary((byte) 1, (byte) 2);
        socket.text("bAQI=");
        assertThat(bench.listener().events).containsExactly("text häßlich", "binary 0102", "binary 0102");
    }

    @Test
    void aClientWithoutBinarySupportReceivesBase64OverItsWebSocket() {
        FakeUpgrade socket = bench.upgrade("?EIO=4&transport=websocket&b64=1");
        bench.loop.execute(() -> bench.session().send(List.of(Message.binary(new byte[] {1, 2})), true, null));
        assertThat(socket.frames).last().isEqualTo("bAQI=");
    }

    @Test
    void aBroadcastSharesOneArrayAndSchedulesOneTaskPerLoop() {
        FakeUpgrade one = bench.webSocket(null);
        FakeUpgrade two = bench.webSocket(null);
        FakeLoop other = new FakeLoop();
        FakeUpgrade three = bench.upgrade(other, "?EIO=4&transport=websocket");
        FakeUpgrade four = bench.upgrade(other, "?EIO=4&transport=websocket");
        int before = other.tasksRun();
        List<Message> messages = Bench.messages("all");
        Broadcast broadcast = new Broadcast(messages, true, false);
        bench.sessions.forEach(broadcast::add);
        broadcast.send();
        assertThat(other.tasksRun() - before).isEqualTo(1);
        for (FakeUpgrade socket : List.of(one, two, three, four)) {
            assertThat(socket.frames).last().isEqualTo("4all");
            assertThat(socket.payloads.get(1)).isSameAs(messages.get(0).data());
        }
    }

    @Test
    void aVolatileMessageIsDroppedWhileTheTransportIsNotWritable() {
        FakeUpgrade socket = bench.webSocket(null);
        socket.slow = true;
        assertThat(bench.session().writable()).isTrue();
        bench.send("regular");
        assertThat(bench.session().writable()).isFalse();
        assertThat(bench.session().bufferedBytes()).isEqualTo(PacketBatch.LEAST);
        assertThat(bench.session().sendVolatile(Bench.messages("dropped"), true))
                .isFalse();
        Broadcast broadcast = new Broadcast(Bench.messages("dropped"), true, true);
        bench.sessions.forEach(broadcast::add);
        broadcast.send();
        int[] drains = {0};
        bench.session().whenDrained(() -> drains[0]++);
        assertThat(drains[0]).isZero();
        socket.drain();
        bench.session().whenDrained(() -> drains[0]++);
        assertThat(bench.session().bufferedBytes()).isZero();
        assertThat(drains[0]).isEqualTo(2);
        assertThat(bench.session().sendVolatile(Bench.messages("kept"), true)).isTrue();
        assertThat(socket.frames.subList(1, socket.frames.size())).containsExactly("4regular", "4kept");

        String sid = bench.open();
        assertThat(bench.session().sendVolatile(Bench.messages("no poll waits"), true))
                .isFalse();
        RecordingExchange poll = bench.poll(sid);
        assertThat(bench.session().sendVolatile(Bench.messages("one waits"), true))
                .isTrue();
        assertThat(poll.text()).isEqualTo("4one waits");
    }

    @Test
    void aStalledReaderIsClosedAndItsBufferIsReleased() {
        bench = new Bench(o -> o.maxOutboundBytes(10 * PacketBatch.LEAST)); // ten messages, however small
        FakeUpgrade socket = bench.webSocket(null);
        socket.slow = true;
        EngineSocket session = bench.session();
        for (int i = 0; i < 30; i++) {
            bench.send("0123456789");
        }
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
        assertThat(socket.aborted).isTrue();
        assertThat(socket.frames).hasSizeLessThan(12);
        assertThat(session.bufferedBytes()).isZero();
        bench.open();
        for (int i = 0; i < 30; i++) {
            bench.send("0123456789");
        }
        assertThat(bench.listener().events).containsExactly("close outbound buffer overflow");
        bench.assertNothingLeft();
    }

    @Test
    void aMessageAboveTheLimitIsSentIfTheBufferIsEmpty() {
        bench = new Bench(o -> o.maxOutboundBytes(5));
        FakeUpgrade socket = bench.webSocket(null);
        bench.send("0123456789");
        assertThat(socket.frames).last().isEqualTo("40123456789");
    }

    @Test
    @Tag("eio.server.115")
    @Tag("eio.server.120")
    void callbacksRunOnceThePollIsAnswered() {
        String sid = bench.open();
        List<String> calls = new ArrayList<>();
        bench.loop.execute(() -> {
            bench.session().send(Bench.messages("a"), true, () -> calls.add("a"));
            bench.session().send(Bench.messages("b"), true, () -> calls.add("b"));
        });
        assertThat(calls).isEmpty();
        bench.poll(sid);
        assertThat(calls).containsExactly("a", "b");
    }

    @Test
    @Tag("eio.server.117")
    @Tag("eio.server.119")
    void callbacksRunOnceTheWebSocketHasWritten() {
        FakeUpgrade socket = bench.webSocket(null);
        socket.slow = true;
        List<String> calls = new ArrayList<>();
        bench.loop.execute(() -> {
            bench.session().send(Bench.messages("a"), true, () -> calls.add("a"));
            bench.session().send(Bench.messages("b"), true, () -> calls.add("b"));
        });
        assertThat(calls).isEmpty();
        socket.drain();
        assertThat(calls).containsExactly("a", "b");
    }

    @Test
    @Tag("eio.server.121")
    @Tag("eio.server.122")
    void callbacksOfUnsentMessagesNeverRun() {
        bench.open();
        List<String> calls = new ArrayList<>();
        EngineSocket session = bench.session();
        bench.loop.execute(() -> {
            session.send(Bench.messages("a"), true, () -> calls.add("a"));
            session.closeNow(CloseReason.FORCED_CLOSE, null);
            session.send(Bench.messages("b"), true, () -> calls.add("b"));
        });
        assertThat(bench.listener().events).containsExactly("close forced close");
        assertThat(calls).isEmpty();
        assertThat(session.bufferedBytes()).isZero();
    }

    @Test
    @Tag("eio.server.125")
    @Tag("eio.server.127")
    void observersSeePacketsFlushAndDrain() {
        bench.observing = true;
        bench.webSocket(null).text("4hi");
        bench.send("ho");
        assertThat(bench.observer.observed)
                .containsSubsequence("packet Message[hi]", "packetCreate Message[ho]", "flush 1", "drain");
    }

    @Test
    @Tag("eio.server.49")
    @Tag("eio.server.50")
    void closingASessionSendsACloseToTheClientAndReportsForcedClose() {
        String sid = bench.open();
        RecordingExchange poll = bench.poll(sid);
        bench.session().close();
        assertThat(poll.text()).isEqualTo("1");
        assertThat(bench.listener().events).containsExactly("close forced close");
        FakeUpgrade socket = bench.webSocket(null);
        bench.session().close();
        assertThat(socket.closeCode).isEqualTo(1005);
        assertThat(bench.listener().events).containsExactly("close forced close");
        bench.assertNothingLeft();
    }

    @Test
    void aClosingPollingSessionWaitsThirtySecondsForItsLastPoll() {
        bench = new Bench(o -> o.pingInterval(java.time.Duration.ofMinutes(5)));
        String sid = bench.open();
        bench.session().close();
        bench.loop.advance(29_999);
        assertThat(bench.session().readyState()).isEqualTo(EngineSocket.ReadyState.CLOSING);
        bench.loop.advance(1);
        assertThat(bench.listener().events).containsExactly("close forced close");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.80")
    void closingASessionFlushesQueuedMessages() {
        String sid = bench.open();
        bench.send("a");
        bench.session().close();
        bench.send("too late");
        assertThat(bench.poll(sid).text()).isEqualTo("4a");
        assertThat(bench.listener().events).isEmpty();
        assertThat(bench.poll(sid).text()).endsWith("1");
        assertThat(bench.listener().events).containsExactly("close forced close");
    }

    @Test
    @Tag("eio.server.78")
    @Tag("eio.server.79")
    void closingTheServerDropsQueuedMessagesAndRefusesSessionsUntilReopened() {
        String sid = bench.open();
        bench.send("lost");
        bench.open();
        bench.send("lost too");
        bench.session().close();
        var closed = bench.server.closeAsync();
        assertThat(closed).isCompleted();
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        assertThat(bench.listeners)
                .allSatisfy(listener -> assertThat(listener.events).containsExactly("close forced close"));
        assertThat(bench.handshake().status()).isEqualTo(503);
        bench.assertNothingLeft();
        bench.server.reopen();
        assertThat(bench.handshake().status()).isEqualTo(200);
    }

    @Test
    void aCallerCannotCompleteTheCloseOfAnother() {
        bench.open();
        List<Boolean> done = new ArrayList<>();
        bench.loop.execute(() -> bench.loop.elsewhere(() -> {
            bench.server.closeAsync().complete(null);
            done.add(bench.server.closeAsync().isDone());
        }));
        assertThat(done).containsExactly(false);
        assertThat(bench.server.closeAsync()).isCompleted();
        bench.server.close();
    }

    @Test
    void closingTheServerCallsListenersWithoutHoldingItsLock() {
        bench.open();
        List<Boolean> held = new ArrayList<>();
        bench.session().observe(new EngineSocketListener.Observer() {
            @Override
            public void onClose(CloseReason reason, Object description) {
                held.add(Thread.holdsLock(bench.server));
            }
        });
        assertThat(bench.server.closeAsync()).isCompleted();
        assertThat(held).containsExactly(false);
    }

    @Test
    @Tag("eio.server.52")
    @Tag("eio.server.54")
    void aClosePacketInAPayloadClosesTheSessionAndTheRestIsIgnored() {
        String sid = bench.open();
        RecordingExchange poll = bench.poll(sid);
        assertThat(bench.post(sid, "4a\u001e1\u001e4late").text()).isEqualTo("ok");
        assertThat(poll.text()).isEqualTo("6");
        assertThat(bench.listener().events).containsExactly("text a", "close transport close");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.53")
    void aWebSocketClosedByTheClientClosesTheSession() {
        FakeUpgrade socket = bench.webSocket(null);
        socket.lose(null);
        assertThat(bench.listener().events).containsExactly("close transport close");
        bench.webSocket(null).text("1");
        assertThat(bench.listener().events).containsExactly("close transport close");
        bench.webSocket(null).lose(new java.io.IOException("reset"));
        assertThat(bench.listener().events).containsExactly("close transport error");
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.57")
    void aPollWithALostConnectionClosesTheSession() {
        String sid = bench.open();
        bench.poll(sid).lose();
        assertThat(bench.listener().events).containsExactly("close transport error");
        assertThat(bench.listener().description).isEqualTo("poll connection closed prematurely");
        bench.assertNothingLeft();
    }

    @Test
    void aPostWithALostConnectionClosesTheSession() {
        String sid = bench.open();
        RecordingExchange post =
                bench.request(bench.loop, "POST", "?EIO=4&transport=polling&sid=" + sid, new byte[9], true);
        post.breakBody();
        assertThat(bench.listener().events).containsExactly("close transport error");
        assertThat(bench.listener().description).isEqualTo("data request connection closed prematurely");
    }

    @Test
    void concurrentPollsCloseTheSession() {
        String sid = bench.open();
        RecordingExchange first = bench.poll(sid);
        RecordingExchange second = bench.poll(sid);
        assertThat(first.status()).isEqualTo(200);
        assertThat(first.text()).isEqualTo("1");
        assertThat(second.status()).isEqualTo(400);
        assertThat(bench.listener().events).containsExactly("close transport error");
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        bench.assertNothingLeft();
    }

    @Test
    void concurrentPostsCloseTheSession() {
        String sid = bench.open();
        String query = "?EIO=4&transport=polling&sid=" + sid;
        RecordingExchange first = bench.request(bench.loop, "POST", query, "4a".getBytes(UTF_8), true);
        assertThat(bench.post(sid, "4b").status()).isEqualTo(400);
        assertThat(first.aborted).isTrue();
        assertThat(bench.listener().events).containsExactly("close transport error");
        first.deliverBody();
        assertThat(bench.listener().events).hasSize(1);
    }

    @Test
    @Tag("eio.server.64")
    void closingAbortsAPostInProgress() {
        String sid = bench.open();
        RecordingExchange post =
                bench.request(bench.loop, "POST", "?EIO=4&transport=polling&sid=" + sid, "4a".getBytes(UTF_8), true);
        bench.poll(sid);
        bench.session().close();
        assertThat(post.aborted).isTrue();
        post.deliverBody();
        assertThat(bench.listener().events).containsExactly("close forced close");
    }

    @Test
    @Tag("eio.server.65")
    void aBinaryPostIsRefused() {
        String sid = bench.open();
        assertThat(bench.post(sid, "4a", "Content-Type", "application/octet-stream")
                        .status())
                .isEqualTo(400);
        assertThat(bench.listener().events).containsExactly("close transport error");
        assertThat(bench.listener().description).isEqualTo("invalid content");
    }

    @Test
    @Tag("eio.server.72")
    @Tag("eio.server.73")
    void aMalformedPacketClosesTheSessionWithAParseError() {
        String sid = bench.open();
        RecordingExchange post = bench.post(sid, "4a\u001eabc");
        assertThat(post.status()).isEqualTo(200);
        assertThat(post.text()).isEqualTo("ok");
        assertThat(bench.listener().events).containsExactly("text a", "close parse error");
        assertThat(bench.listener().description).isInstanceOf(EngineDecodeException.class);
        assertThat(bench.poll(sid).status()).isEqualTo(400);
        FakeUpgrade socket = bench.webSocket(null);
        socket.text("abc");
        assertThat(socket.closed()).isTrue();
        assertThat(bench.listener().events).containsExactly("close parse error");
        bench.assertNothingLeft();
    }

    @Test
    @Tag("eio.server.86")
    @Tag("eioc.socket.11")
    @Tag("eioc.connection.06")
    void aPostAboveTheLimitIsAnsweredWith413AndClosesTheSession() {
        bench = new Bench(o -> o.maxHttpBufferSize(5));
        String sid = bench.open();
        assertThat(bench.post(sid, "4aaaa").status()).isEqualTo(200);
        RecordingExchange poll = bench.poll(sid);
        RecordingExchange tooLarge = bench.post(sid, "4aaaaa");
        assertThat(tooLarge.status()).isEqualTo(413);
        assertThat(tooLarge.bytes()).isEmpty();
        assertThat(bench.listener().events).containsExactly("text aaaa", "close transport error");
        assertThat(bench.post(sid, "4b").status()).isEqualTo(400);
        assertThat(poll.answered()).as("the client reads the 413 first").isFalse();
        bench.loop.advance(50);
        assertThat(poll.text()).isEqualTo("1");
        bench.assertNothingLeft();
        assertThat(bench.webSocket(null).maxMessageSize).isEqualTo(5);
    }

    @Test
    void theTotalOfBytesBeingReceivedIsLimited() {
        bench = new Bench(o -> o.maxTotalReceivingBytes(100_000));
        bench.webSocket(null);
        assertThat(bench.server.receiving(60_000)).isTrue();
        assertThat(bench.server.receiving(60_000)).isFalse();
        bench.session().pauseReading(true);
        bench.loop.advance(5000);
        assertThat(bench.listener().events)
                .as("not closed, because nothing is read")
                .isEmpty();
        assertThat(bench.server.receiving(-120_000)).isTrue();
        bench.loop.advance(400);
        assertThat(bench.listener().events).containsExactly("close ping timeout");
    }

    @Test
    void otherHttpMethodsOnASessionAreRefused() {
        String sid = bench.open();
        bench.send("kept");
        assertThat(bench.request("PUT", "?EIO=4&transport=polling&sid=" + sid, "")
                        .status())
                .isEqualTo(500);
        assertThat(bench.request("HEAD", "?EIO=4&transport=polling&sid=" + sid, "")
                        .status())
                .isEqualTo(500);
        assertThat(bench.poll(sid).text()).isEqualTo("4kept");
    }

    @Test
    void malformedUtf8BecomesReplacementCharacters() {
        String sid = bench.open();
        bench.request(
                bench.loop, "POST", "?EIO=4&transport=polling&sid=" + sid, new byte[] {'4', (byte) 0xff, 'x'}, false);
        assertThat(bench.listener().events).containsExactly("text \uFFFDx");
    }

    @Test
    void aThrowingCallbackDoesNotPreventTheOthersFromRunning() {
        FakeUpgrade socket = bench.webSocket(null);
        socket.slow = true;
        List<String> called = new ArrayList<>();
        bench.loop.execute(() -> {
            bench.session().send(Bench.messages("a"), true, () -> called.add("a"));
            bench.session().send(Bench.messages("b"), true, () -> {
                throw new AssertionError("expected in the log of this test");
            });
            bench.session().send(Bench.messages("c"), true, () -> called.add("c"));
            bench.session().whenDrained(() -> {
                throw new IllegalStateException("expected in the log of this test");
            });
            bench.session().whenDrained(() -> called.add("drained"));
        });
        socket.drain();
        assertThat(called).containsExactly("a", "c", "drained");
        assertThat(bench.session().bufferedBytes()).isZero();
    }

    @Test
    void pausingDelaysPostResponsesAndStopsReadingTheWebSocket() {
        String sid = bench.open();
        bench.session().pauseReading(true);
        RecordingExchange post = bench.post(sid, "4a");
        bench.loop.advance(499);
        assertThat(post.answered()).isFalse();
        assertThat(bench.listener().events).isEmpty();
        bench.session().pauseReading(false);
        assertThat(bench.listener().events).containsExactly("text a");
        assertThat(post.text()).isEqualTo("ok");
        bench.loop.advance(900);
        assertThat(bench.listener().events).containsExactly("text a", "close ping timeout");

        FakeUpgrade socket = bench.webSocket(null);
        bench.session().pauseReading(true);
        assertThat(socket.reading).isFalse();
        bench.session().pauseReading(false);
        assertThat(socket.reading).isTrue();
    }

    @Test
    void aHeldPostIsAnsweredWhenTheSessionEnds() {
        String sid = bench.open();
        bench.session().pauseReading(true);
        RecordingExchange post = bench.post(sid, "4a");
        bench.session().closeNow(CloseReason.FORCED_CLOSE, null);
        assertThat(post.text()).isEqualTo("ok");
        bench.assertNothingLeft();
    }

    @Test
    void requestsOnOtherLoopsReachTheSession() {
        String sid = bench.open();
        FakeLoop other = new FakeLoop();
        String query = "?EIO=4&transport=polling&sid=" + sid;
        assertThat(bench.request(other, "POST", query, "4a".getBytes(UTF_8), false)
                        .text())
                .isEqualTo("ok");
        RecordingExchange poll = bench.request(other, "GET", query, new byte[0], false);
        bench.send("b");
        assertThat(poll.text()).isEqualTo("4b");
        bench.request(other, "GET", query, new byte[0], false).lose();
        assertThat(bench.listener().events).containsExactly("text a", "close transport error");
    }

    @Test
    void webSocketCompressionIsPassedToTheHost() {
        bench = new Bench(o -> o.perMessageDeflate(true));
        assertThat(bench.webSocket(null).compression)
                .isNotNull()
                .isSameAs(bench.server.options().perMessageDeflate());
    }
}
