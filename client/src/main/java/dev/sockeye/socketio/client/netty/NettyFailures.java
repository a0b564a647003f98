package dev.sockeye.socketio.client.netty;

import dev.sockeye.socketio.client.transport.NetworkException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.ssl.NotSslRecordException;

/** Explains failures of Netty to users, and tells responses apart. */
final class NettyFailures {
    private NettyFailures() {}

    /** Whether a response is a 1xx that precedes the final one, for example 103 (Early Hints) of a proxy. */
    static boolean isInformational(HttpResponse response) {
        return response.status().codeClass() == HttpStatusClass.INFORMATIONAL
                && response.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
    }

    static Throwable explain(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return new NetworkException("the server does not use TLS on this port", cause);
        }
        if (cause instanceof TooLongFrameException
                || (cause instanceof CorruptedWebSocketFrameException frame
                        && frame.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG))) {
            return new NetworkException("a message is larger than maxInboundBytes", cause);
        }
        return cause;
    }
}
