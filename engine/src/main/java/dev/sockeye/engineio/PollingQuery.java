package dev.sockeye.engineio;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a polling request that the engine uses. Read in one pass over the target without a map, because each poll has them.
 */
final class PollingQuery {
    private @Nullable String transport;
    private @Nullable String sid;
    private @Nullable String eio;
    private @Nullable String jsonp;
    private @Nullable String b64;

    private PollingQuery() {}

    static PollingQuery parse(String uri) {
        PollingQuery query = new PollingQuery();
        int end = uri.length();
        int at = uri.indexOf('?') + 1;
        if (at == 0) {
            return query;
        }
        int from = at;
        int equals = -1;
        for (; at < end; at++) {
            char c = uri.charAt(at);
            if (c == '=') {
                equals = equals < 0 ? at : equals;
            } else if (c == '&') {
                query.field(uri, from, equals, at);
                from = at + 1;
                equals = -1;
            } else if (c == '%' || c == '+') {
                return decode(uri);
            } else if (c == '#') {
                break;
            }
        }
        query.field(uri, from, equals, at);
        return query;
    }

    private static PollingQuery decode(String uri) {
        Map<String, String> fields = Query.parse(uri);
        PollingQuery query = new PollingQuery();
        query.transport = fields.get("transport");
        query.sid = fields.get("sid");
        query.eio = fields.get("EIO");
        query.jsonp = fields.get("j");
        query.b64 = fields.get("b64");
        return query;
    }

    /** A field without escapes. Without {@code =} its value is empty. */
    private void field(String uri, int from, int equals, int to) {
        int nameEnd = equals < 0 ? to : equals;
        int value = equals < 0 ? to : equals + 1;
        switch (nameEnd - from) {
            case 1 -> {
                if (uri.charAt(from) == 'j') {
                    jsonp = uri.substring(value, to);
                }
            }
            case 3 -> {
                if (uri.startsWith("sid", from)) {
                    sid = uri.substring(value, to);
                } else if (uri.startsWith("EIO", from)) {
                    eio = to - value == 1 && uri.charAt(value) == '4' ? "4" : uri.substring(value, to);
                } else if (uri.startsWith("b64", from)) {
                    b64 = uri.substring(value, to);
                }
            }
            case 9 -> {
                if (uri.startsWith("transport", from)) {
                    boolean polling = to - value == 7 && uri.startsWith("polling", value);
                    transport = polling ? "polling" : uri.substring(value, to);
                }
            }
            default -> {}
        }
    }

    @Nullable
    String transport() {
        return transport;
    }

    /** The session; {@code null} if the request has none, or an empty one. */
    @Nullable
    String sid() {
        return sid == null || sid.isEmpty() ? null : sid;
    }

    /** The protocol revision: 4, otherwise 3. */
    int protocol() {
        return "4".equals(eio) ? 4 : 3;
    }

    /** Reports that its protocol differs from that of its session. */
    Map<String, Object> mismatch(EngineSocket session) {
        return HandshakeAdmission.mismatch(protocol(), session);
    }

    /** The index of the script tag; {@code null} without JSONP. */
    @Nullable
    String jsonp() {
        return jsonp;
    }

    /** Whether the client takes no binary data. */
    boolean base64() {
        return EngineServer.hasValue(b64);
    }
}
