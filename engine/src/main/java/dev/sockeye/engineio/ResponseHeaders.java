package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostResponse.Header;
import java.util.ArrayList;
import java.util.List;

/** The headers of a response that is being created. Must not be used after the hook has returned. */
public final class ResponseHeaders {
    private final List<Header> headers = new ArrayList<>(4);

    /** Adds a header; existing headers with the same name are kept. */
    public ResponseHeaders add(String name, String value) {
        headers.add(new Header(name, value));
        return this;
    }

    /** Sets a header; existing headers with the same name are replaced. */
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

    /** A snapshot of the headers. */
    public List<Header> toList() {
        return List.copyOf(headers);
    }
}
