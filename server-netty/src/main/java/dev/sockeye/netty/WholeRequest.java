package dev.sockeye.netty;

import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpObject;

/** A common request that arrived completely, including its body: a single object in place of several Netty objects. */
final class WholeRequest implements HttpObject {

    private final String method;
    private final String uri;
    private final HeaderLines headers;
    private final byte[] body;

    WholeRequest(String method, String uri, HeaderLines headers, byte[] body) {
        this.method = method;
        this.uri = uri;
        this.headers = headers;
        this.body = body;
    }

    String method() {
        return method;
    }

    String uri() {
        return uri;
    }

    HeaderLines headers() {
        return headers;
    }

    byte[] body() {
        return body;
    }

    @Override
    public DecoderResult decoderResult() {
        return DecoderResult.SUCCESS;
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester") // Netty's, not called
    public DecoderResult getDecoderResult() {
        return DecoderResult.SUCCESS;
    }

    @Override
    public void setDecoderResult(DecoderResult result) {
        throw new UnsupportedOperationException("a whole request has been decoded");
    }
}
