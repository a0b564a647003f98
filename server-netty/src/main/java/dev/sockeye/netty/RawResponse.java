package dev.sockeye.netty;

import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** Responses on the wire: as bytes, or as Netty's objects where the application's own codec writes them. */
final class RawResponse {

    private RawResponse() {}

    /** A response for the application's codec to encode. */
    static FullHttpResponse http(HostResponse response, String date, boolean head, boolean http10, boolean close) {
        boolean noBody = head || !mayHaveBody(response.status());
        FullHttpResponse http = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                noBody ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body()));
        HttpHeaders headers = http.headers();
        for (Header header : response.headers()) {
            if (!ownedByHost(header.name())) {
                headers.add(header.name(), header.value());
            }
        }
        if (mayHaveBody(response.status())) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        headers.set(HttpHeaderNames.DATE, date);
        if (close) {
            headers.set(HttpHeaderNames.CONNECTION, "close");
        } else if (http10) {
            headers.set(HttpHeaderNames.CONNECTION, "keep-alive");
        }
        return http;
    }

    /** The interim response 100. */
    static FullHttpResponse continueResponse() {
        return new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE, Unpooled.EMPTY_BUFFER);
    }

    /** A response as bytes, which ends the connection. */
    static ByteBuf encode(HostResponse response, String date, boolean head) {
        StringBuilder text = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(response.status())
                .append(' ')
                .append(HttpResponseStatus.valueOf(response.status()).reasonPhrase())
                .append("\r\n");
        append(text, response.headers());
        if (mayHaveBody(response.status())) {
            append(text, "Content-Length", Integer.toString(response.body().length));
        }
        append(text, "Date", date);
        append(text, "Connection", "close");
        text.append("\r\n");
        ByteBuf bytes = Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
        return head ? bytes : Unpooled.wrappedBuffer(bytes, Unpooled.wrappedBuffer(response.body()));
    }

    /** Adds header lines, except those that the host sets itself. */
    static void append(StringBuilder text, Iterable<Header> headers) {
        for (Header header : headers) {
            if (!ownedByHost(header.name())) {
                append(text, header.name(), header.value());
            }
        }
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(clean(name)).append(": ").append(clean(value)).append("\r\n");
    }

    /** Rejects line breaks, so that a header cannot become two. */
    static String clean(String part) {
        if (part.indexOf('\r') < 0 && part.indexOf('\n') < 0 && part.indexOf('\0') < 0) {
            return part;
        }
        throw new IllegalArgumentException(
                "a header must not contain line ends: " + part.replaceAll("\\p{Cntrl}", "?"));
    }

    static boolean ownedByHost(String name) {
        return name.equalsIgnoreCase("content-length")
                || name.equalsIgnoreCase("transfer-encoding")
                || name.equalsIgnoreCase("connection");
    }

    static boolean mayHaveBody(int status) {
        return status >= 200 && status != 204 && status != 304;
    }
}
