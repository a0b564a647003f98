package dev.sockeye.engineio.host;

import dev.sockeye.runtime.QueryString;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP request as received by the host. Immutable and independent of the host's buffers, because a session keeps the
 * request of its handshake for its whole lifetime; hosts should keep it small.
 */
public interface HostRequest {

    /** The method, in upper case, for example {@code GET}. */
    String method();

    /** The request target as received, percent-encoded: the path and, after {@code ?}, the query. */
    String uri();

    /**
     * The decoded value of a query parameter: the last one if it is repeated, {@code null} if it is absent. Parses the
     * query on each call.
     */
    default @Nullable String query(String name) {
        List<String> values = queryAll(name);
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    /** All decoded values of a query parameter, in order; empty if it is absent. Parses the query on each call. */
    default List<String> queryAll(String name) {
        return QueryString.values(uri(), name);
    }

    /** The first value of a header, whose name is case-insensitive; {@code null} if it is absent. */
    @Nullable
    String header(String name);

    /**
     * All values of a header, joined with a comma; {@code null} if it is absent. For headers whose value is a list, which may be sent in several
     * lines.
     */
    default @Nullable String joined(String name) {
        List<String> values = headers().get(name.toLowerCase(Locale.ROOT));
        return values == null ? null : String.join(", ", values);
    }

    /**
     * The content coding that the client prefers according to {@code Accept-Encoding}.
     *
     * @param codings the supported codings in lower case; of codings with the same weight the one that the client names first is chosen
     * @return one of them; {@code null} if none is acceptable or the header is absent
     */
    default @Nullable String acceptedEncoding(String... codings) {
        return AcceptEncoding.choose(header("accept-encoding"), codings);
    }

    /** All headers, names in lower case, in the order received. */
    Map<String, List<String>> headers();

    /**
     * The IP address of the peer, without port, for example {@code 127.0.0.1}. In requests that the engine passes to
     * the application it is the address of the client, if it was sent by one of the {@link
     * dev.sockeye.engineio.EngineOptions#trustedProxies()}.
     */
    String remoteAddress();

    /** Whether the request came over TLS. */
    boolean secure();

    /**
     * An attribute that the host provides for the request: {@code principal}, {@code session} or a servlet request
     * attribute; {@code null} if the host has no such attribute.
     */
    default @Nullable Object attribute(String name) {
        return null;
    }
}
