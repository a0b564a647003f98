package dev.sockeye.netty;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header {@code Sec-WebSocket-Protocol} of a request. */
final class Subprotocols {
    static final String HEADER = "sec-websocket-protocol";
    static final String INVALID = "Invalid Sec-WebSocket-Protocol header";

    private Subprotocols() {}

    /** The offered subprotocols, best first; {@code null} if the header is malformed or names one of them twice. */
    static @Nullable List<String> of(NettyRequest request) {
        List<String> lines = request.headers().get(HEADER);
        if (lines == null) {
            return List.of();
        }
        List<String> names = new ArrayList<>(1);
        for (String part : String.join(",", lines).split(",", -1)) {
            String name = part.strip();
            if (!isToken(name) || names.contains(name)) {
                return null;
            }
            names.add(name);
        }
        return names;
    }

    /** The subprotocol that the server chooses: the first one, so that the client, which requires one of them, continues. */
    static @Nullable String chosen(NettyRequest request) {
        if (request.header(HEADER) == null) {
            return null;
        }
        List<String> offered = of(request);
        return offered == null || offered.isEmpty() ? null : offered.get(0);
    }

    private static boolean isToken(String name) {
        for (byte b : name.getBytes(StandardCharsets.ISO_8859_1)) {
            if (!RequestHead.token(b)) {
                return false;
            }
        }
        return !name.isEmpty();
    }
}
