package dev.sockeye.socketio.client.engine;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One HTTP request at a time. Used on the loop only. */
public interface HttpConnection {

    /**
     * A request.
     *
     * @param uri path and query
     * @param headers later ones win over earlier ones of the same name, without regard to case
     * @param body {@code null} for none
     */
    record Request(String method, String uri, Map<String, String> headers, byte @Nullable [] body) {}

    /**
     * A response.
     *
     * @param contentType {@code null} when the server did not say
     * @param cookies the values of {@code Set-Cookie}
     */
    record Response(int status, @Nullable String contentType, List<String> cookies, byte[] body) {}

    /** Called once for each request, unless the connection is closed before. */
    interface Callback {
        void answered(Response response);

        void failed(Throwable cause);
    }

    /**
     * Sends a request.
     *
     * @throws IllegalStateException closed, or a request is under way
     */
    void request(Request request, Callback callback);

    /** Closes the connection; a request under way gets no callback. Again does nothing. */
    void close();
}
