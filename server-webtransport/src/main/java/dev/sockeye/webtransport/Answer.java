package dev.sockeye.webtransport;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http3.DefaultHttp3DataFrame;
import io.netty.handler.codec.http3.DefaultHttp3HeadersFrame;
import io.netty.handler.codec.http3.Http3HeadersFrame;
import io.netty.handler.codec.quic.QuicStreamChannel;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The response on a request stream. Used on the loop. */
final class Answer {
    /** Headers that HTTP/3 does not have, or that are implied by the stream. */
    private static final Set<String> NOT_SENT =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade", "content-length");

    private final QuicStreamChannel stream;

    Answer(QuicStreamChannel stream) {
        this.stream = stream;
    }

    /** Sends a complete response, after which nothing is read. */
    void send(HostResponse response) {
        var unused = stream.write(head(response.status(), response.headers()));
        if (response.body().length > 0) {
            var unusedBody = stream.write(new DefaultHttp3DataFrame(Unpooled.wrappedBuffer(response.body())));
        }
        stream.flush();
        var unusedEnd = stream.shutdownOutput();
        var unusedInput = stream.shutdownInput(Connection.H3_NO_ERROR, stream.newPromise());
    }

    /** Sends the response that opens a session. */
    void open(List<Header> headers, boolean draft02) {
        Http3HeadersFrame head = head(200, headers);
        if (draft02) {
            head.headers().set("sec-webtransport-http3-draft", "draft02");
        }
        var unused = stream.writeAndFlush(head);
    }

    private static Http3HeadersFrame head(int status, List<Header> headers) {
        Http3HeadersFrame frame = new DefaultHttp3HeadersFrame();
        frame.headers().status(Integer.toString(status));
        for (Header header : headers) {
            String name = header.name().toLowerCase(Locale.ROOT);
            if (!NOT_SENT.contains(name)) {
                frame.headers().add(name, header.value());
            }
        }
        return frame;
    }
}
