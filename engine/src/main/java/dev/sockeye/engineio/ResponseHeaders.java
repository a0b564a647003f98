package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.ArrayList;
import java.util.List;

/** The headers of an answer in the making. Not for use after the hook has returned. */
public final class ResponseHeaders {
    private final List<Header> headers = new ArrayList<>(4);

    /** Adds a header beside those with the same name. */
    public ResponseHeaders add(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /** Sets a header in place of those with the same name. */
    public ResponseHeaders set(String name, String value) {
        set(new Header(name, value));
        return this;
    }

    /** Sets a header that was made before. */
    void set(Header header) {
        String name = header.name();
        for (int i = headers.size() - 1; i >= 0; i--) {
            if (headers.get(i).name().equalsIgnoreCase(name)) {
                headers.remove(i);
            }
        }
        headers.add(header);
    }

    /** A snapshot. */
    public List<Header> toList() {
        return List.copyOf(headers);
    }
}
