package dev.sockeye.socketio.client.transport;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Sends one HTTP request at a time. Used on the loop only. A POST must never be sent twice. A GET may be repeated only when the
 * server closed an idle connection before it read the request.
 */
public interface HttpConnection {

    /**
     * A request.
     *
     * @param method {@code GET} or {@code POST}
     * @param uri path and query
     * @param headers a later header replaces an earlier one of the same name, ignoring case
     * @param body {@code null} for none
     */
    record Request(String method, String uri, Map<String, String> headers, byte @Nullable [] body) {}

    /**
     * A response.
     *
     * @param contentType {@code null} if the server sent none
     * @param cookies the values of {@code Set-Cookie}
     */
    record Response(int status, @Nullable String contentType, List<String> cookies, byte[] body) {}

    /** Exactly one method is called for each request, unless the connection is closed before. On the loop. */
    interface Callback {
        /** The response was received completely. */
        void answered(Response response);

        /**
         * There is no response.
         *
         * @param cause a {@link NetworkException} if its message is meant for users
         */
        void failed(Throwable cause);
    }

    /**
     * Sends a request.
     *
     * @throws IllegalStateException if the connection is closed, or another request is in progress
     */
    void request(Request request, Callback callback);

    /** Closes the connection; a request in progress gets no callback. Calling it again has no effect. */
    void close();
}
