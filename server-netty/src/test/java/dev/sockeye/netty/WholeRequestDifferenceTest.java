package dev.sockeye.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Mutated requests in one buffer are read like the same requests byte by byte, which take another code path. */
class WholeRequestDifferenceTest {
    private static final int ROUNDS = Integer.getInteger("sockeye.whole-request.rounds", 3000);
    private static final int MAX_HEAD = 600;

    private static final List<String> SEEDS = List.of(
            "GET /socket.io/?EIO=4&sid=abc HTTP/1.1\r\nHost: x:80\r\nAccept: */*\r\nConnection: keep-alive\r\n\r\n",
            "POST /socket.io/?EIO=4 HTTP/1.1\r\nhost:x\r\nContent-Length: 4\r\nContent-Type: text/plain\r\n\r\nbody",
            "POST / HTTP/1.1\r\nHost: x\r\nA: \t v \r\nA:\r\nContent-Length: 0\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /a HTTP/1.1\r\nHost: x\r\nCookie: a=b; c=d\r\n\r\nGET /b HTTP/1.1\r\nHost: y\r\n\r\n");
    private static final List<String> PIECES = List.of(
            "\r\n",
            "\n",
            "\r",
            " ",
            "\t",
            ":",
            "\0",
            "\u007f",
            "\u00e4",
            "Host: x\r\n",
            "Content-Length: 4\r\n",
            "Content-Length: 04\r\n",
            "Content-Length: +4\r\n",
            "Content-Length:\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Transfer-Encoding: identity\r\n",
            "Connection: close\r\n",
            "Connection: Keep-Alive, x\r\n",
            "Expect: 100-continue\r\n",
            "Upgrade: websocket\r\n",
            " HTTP/1.0",
            "HTTP/1.1",
            "GET ",
            "HEAD ",
            "X: " + "y".repeat(200) + "\r\n");

    private final Random random = new Random(7);
    private int taken;

    private byte[] mutant() {
        return mutant(SEEDS.get(random.nextInt(SEEDS.size())));
    }

    private byte[] mutant(String seed) {
        StringBuilder text = new StringBuilder(seed);
        for (int i = random.nextInt(4); i > 0; i--) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(8));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 1 -> text.delete(at, end);
                case 2 -> text.setCharAt(at, (char) random.nextInt(256));
                default -> text.insert(lineStart(text, at), PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static int lineStart(StringBuilder text, int at) {
        return text.lastIndexOf("\n", at) + 1;
    }

    /** The input as seen by the application: its requests, and whether something was refused. */
    private List<String> read(byte[] input, int step) {
        return read(new EmbeddedChannel(new HttpCodec(MAX_HEAD)), input, step);
    }

    private List<String> read(EmbeddedChannel channel, byte[] input, int step) {
        List<String> seen = new ArrayList<>();
        for (int at = 0; at < input.length; at += step) {
            channel.writeInbound(Unpooled.copiedBuffer(input, at, Math.min(step, input.length - at)));
            Object message = channel.readInbound();
            while (message != null) {
                if (!add(seen, (HttpObject) message, input.length == step)) {
                    ReferenceCountUtil.release(message);
                    channel.finishAndReleaseAll();
                    return seen;
                }
                ReferenceCountUtil.release(message);
                message = channel.readInbound();
            }
        }
        channel.finishAndReleaseAll();
        return seen;
    }

    private boolean add(List<String> seen, HttpObject message, boolean counted) {
        if (message.decoderResult().isFailure()) {
            seen.add("refused");
            return false;
        }
        if (message instanceof WholeRequest whole) {
            taken += counted ? 1 : 0;
            NettyRequest request = NettyRequest.of(whole, null, null);
            seen.add(request.method() + " " + request.uri() + " " + request.headers());
            addBody(seen, Unpooled.wrappedBuffer(whole.body()));
            seen.add("end");
        } else if (message instanceof HttpRequest plain) {
            if (!HttpCodec.valid(plain)) {
                seen.add("refused");
                return false;
            }
            NettyRequest request = NettyRequest.of(plain, null, null);
            seen.add(request.method() + " " + request.uri() + " " + request.headers());
        }
        if (message instanceof HttpContent content) {
            addBody(seen, content.content());
            if (message instanceof LastHttpContent) {
                seen.add("end");
            }
        }
        return true;
    }

    private static void addBody(List<String> seen, ByteBuf body) {
        String text = body.toString(StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            return;
        }
        int last = seen.size() - 1;
        if (seen.get(last).startsWith("body ")) {
            seen.set(last, seen.get(last) + text);
        } else {
            seen.add("body " + text);
        }
    }

    @Test
    void mutatedRequestsAreParsedIdenticallyInOneBufferAndByteByByte() {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] input = mutant();
            assertThat(read(input, input.length))
                    .as("round %d: %s", i, new String(input, StandardCharsets.ISO_8859_1))
                    .isEqualTo(read(input, 1));
        }
        assertThat(taken).as("requests that were read in one pass").isGreaterThan(ROUNDS / 5);
    }

    /** The header lines of the previous request are not parsed again if they are the same. */
    @Test
    void mutatedRequestsAfterTheOriginalAreParsedIdentically() {
        int same = 0;
        for (int i = 0; i < ROUNDS; i++) {
            String seed = SEEDS.get(random.nextInt(SEEDS.size() - 1));
            byte[] input = mutant(seed);
            EmbeddedChannel channel = new EmbeddedChannel(new HttpCodec(MAX_HEAD));
            channel.writeInbound(Unpooled.copiedBuffer(seed, StandardCharsets.ISO_8859_1));
            WholeRequest first = channel.readInbound();
            channel.writeInbound(Unpooled.copiedBuffer(seed, StandardCharsets.ISO_8859_1));
            WholeRequest again = channel.readInbound();
            assertThat(again.headers()).isSameAs(first.headers());
            assertThat(again.body()).isEqualTo(first.body());
            assertThat(again.uri()).isEqualTo(first.uri());
            assertThat(read(channel, input, input.length))
                    .as("round %d: %s", i, new String(input, StandardCharsets.ISO_8859_1))
                    .isEqualTo(read(input, 1));
            same += input.length == seed.length() ? 1 : 0;
        }
        assertThat(same).isGreaterThan(ROUNDS / 10);
    }
}
