package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;

/** A polling request that is processed by the engine: its query, and the headers collected for its response. */
final class PollingExchange {
    private static final byte[] EMPTY = new byte[0];

    final HttpExchange http;
    private final HostRequest request;
    final PollingQuery query;
    final ResponseHeaders headers = new ResponseHeaders();

    PollingExchange(HttpExchange http, HostRequest request) {
        this.http = http;
        this.request = request;
        this.query = PollingQuery.parse(request.uri());
    }

    HostRequest request() {
        return request;
    }

    /** Responds with the collected headers and no body. */
    void respond(int status) {
        http.respond(new HostResponse(status, headers.toList(), EMPTY));
    }

    void respond(int status, String contentType, byte[] body) {
        respond(status, new Header("Content-Type", contentType), body);
    }

    void respond(int status, Header contentType, byte[] body) {
        headers.set(contentType);
        http.respond(new HostResponse(status, headers.toList(), body));
    }

    /** Responds with the official error. */
    void refuse(HandshakeError error, String message) {
        String json = "{\"code\":" + error.code() + ",\"message\":" + Json.quote(message) + "}";
        respond(
                error == HandshakeError.FORBIDDEN ? 403 : 400,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8));
    }
}
