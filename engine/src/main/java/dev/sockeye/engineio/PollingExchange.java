package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A polling request on its way through the engine: its query, and the headers gathered for its answer. */
final class PollingExchange {
    private static final byte[] EMPTY = new byte[0];

    final HttpExchange http;
    private final HostRequest request;
    final Map<String, String> query;
    final ResponseHeaders headers = new ResponseHeaders();

    PollingExchange(HttpExchange http, HostRequest request) {
        this.http = http;
        this.request = request;
        this.query = Query.parse(request.uri());
    }

    HostRequest request() {
        return request;
    }

    /** Answers with the gathered headers and no body. */
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

    /** The official error answer. */
    void refuse(HandshakeError error, String message) {
        String json = "{\"code\":" + error.code() + ",\"message\":" + Json.quote(message) + "}";
        respond(
                error == HandshakeError.FORBIDDEN ? 403 : 400,
                "application/json",
                json.getBytes(StandardCharsets.UTF_8));
    }
}
