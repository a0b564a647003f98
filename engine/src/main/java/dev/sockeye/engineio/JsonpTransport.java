package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.runtime.QueryString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
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
        List<String> values = new ArrayList<>(1);
        QueryString.forEach(new String(body, StandardCharsets.UTF_8), (name, value) -> {
            if (name.equals("d")) {
                values.add(value);
            }
        });
        if (values.size() != 1) {
            return; // ignored, as in the official implementation
        }
        String form = values.get(0);
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
