package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** JSONP polling with script tags and forms, for old browsers. */
final class JsonpTransport extends PollingTransport {
    private final String head;

    JsonpTransport(EngineSocket session, String index) {
        super(session, true);
        head = head(index);
    }

    private static String head(String index) {
        return "___eio[" + index.replaceAll("[^0-9]", "") + "](";
    }

    /** Wraps a body for the script tag with this index; returns it unchanged if there is no index. */
    static String script(@Nullable String index, String body) {
        return index == null ? body : head(index) + Json.quote(body) + ");";
    }

    @Override
    void decode(byte[] body, boolean binary) throws EngineDecodeException {
        String form = Query.parseForm(new String(body, StandardCharsets.UTF_8)).get("d");
        if (form == null) {
            return;
        }
        // the client sends newlines as \n, and a backslash before an n as two backslashes
        StringBuilder text = new StringBuilder(form.length());
        for (int i = 0; i < form.length(); i++) {
            char c = form.charAt(i);
            if (c == '\\' && form.startsWith("\\\\n", i)) {
                text.append("\\n");
                i += 2;
            } else if (c == '\\' && form.startsWith("\\n", i)) {
                text.append('\n');
                i++;
            } else {
                text.append(c);
            }
        }
        super.decode(text.toString().getBytes(StandardCharsets.UTF_8), false);
    }

    @Override
    void write(PollingExchange exchange, Header contentType, byte[] body, boolean compress) {
        String script = head + Json.quote(new String(body, StandardCharsets.UTF_8)) + ");";
        super.write(exchange, contentType, script.getBytes(StandardCharsets.UTF_8), compress);
    }
}
