package dev.sockeye.engineio.host;

import dev.sockeye.engineio.Query;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The facts of an HTTP request as the host received it. Immutable and free of the host's own buffers, so that a session
 * may keep the one of its handshake for life; hosts keep it small.
 */
public interface HostRequest {

    /** The method, in upper case, for example {@code GET}. */
    String method();

    /** The request target as received: path and, after {@code ?}, the query; still percent-encoded. */
    String uri();

    /**
     * A parameter of the query, decoded; of a name that occurs more than once the last value; {@code null} when absent. Parses the
     * query at each call.
     */
    default @Nullable String query(String name) {
        return Query.parse(uri()).get(name);
    }

    /** All values of a parameter of the query, decoded, in order; empty when absent. Parses the query at each call. */
    default List<String> queryAll(String name) {
        return Query.parseAll(uri()).getOrDefault(name, List.of());
    }

    /** The first value of a header, its name in any case; {@code null} when absent. */
    @Nullable
    String header(String name);

    /**
     * The content coding that the client prefers by its {@code Accept-Encoding}.
     *
     * @param codings those that can be sent, in lower case; of codings with the same weight the first one is chosen
     * @return one of them; {@code null} when none is acceptable or the header is absent
     */
    default @Nullable String acceptedEncoding(String... codings) {
        return AcceptEncoding.choose(header("accept-encoding"), codings);
    }

    /** All headers, names in lower case, in the order received. */
    Map<String, List<String>> headers();

    /**
     * The address of the peer, without port, as text, for example {@code 127.0.0.1}. The engine gives requests to the application in
     * which this is the client's address, if {@link dev.sockeye.engineio.EngineOptions#trustedProxies()} name it.
     */
    String remoteAddress();

    /** Whether the request came over TLS. */
    boolean secure();

    /**
     * Something that the host knows about the request, by name: {@code principal}, {@code session}, a servlet request
     * attribute; {@code null} when the host has no such thing.
     */
    default @Nullable Object attribute(String name) {
        return null;
    }
}
