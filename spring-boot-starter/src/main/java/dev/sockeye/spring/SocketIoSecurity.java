package dev.sockeye.spring;

import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.Socket;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * Integrates Spring Security with sockets. In a servlet container, the handshake passes the filter chain; its authentication
 * becomes that of the socket until another one is set with {@link #login}. Thread-safe.
 */
public final class SocketIoSecurity {

    /** The event that a client receives before it is disconnected because its authentication has expired. */
    public static final String EXPIRED = Socket.EXPIRED;

    private SocketIoSecurity() {}

    /** The authentication of a socket; {@code null} if the client is not authenticated. */
    public static @Nullable Authentication authentication(Socket socket) {
        Logins.Login login = Logins.of(socket);
        if (login != null) {
            return login.authentication();
        }
        return socket.request().attribute("principal") instanceof Authentication authentication ? authentication : null;
    }

    /**
     * Sets the authentication of a socket, which its handlers see from now on. When it expires, the client receives the event
     * {@link #EXPIRED} and the socket is disconnected ({@code io server disconnect}), see {@link Socket#expireAt}. A call
     * before that replaces the authentication and its expiration, so a client can stay connected by sending a new token. For
     * middlewares and handlers.
     *
     * @param until when it expires, for example the expiration of a token; {@code null} for never
     */
    public static void login(Socket socket, Authentication authentication, @Nullable Instant until) {
        Logins.set(socket, authentication, until);
    }

    /**
     * A middleware for {@code Namespace.use} that accepts clients with one of these roles and rejects all others with a {@code
     * connect_error}: "unauthorized" (not authenticated) or "forbidden" (without these roles), with {@code data.status} 401 or
     * 403.
     *
     * @param roles without the prefix {@code ROLE_}
     */
    public static NamespaceMiddleware hasAnyRole(String... roles) {
        Set<String> wanted = Set.of(roles);
        return (socket, next) -> {
            Authentication known = authentication(socket);
            if (known == null || !known.isAuthenticated()) {
                next.fail(new MiddlewareException("unauthorized", Map.of("status", 401)));
            } else if (known.getAuthorities().stream()
                    .map(granted -> String.valueOf(granted.getAuthority()))
                    .anyMatch(authority ->
                            authority.startsWith("ROLE_") && wanted.contains(authority.substring("ROLE_".length())))) {
                next.next();
            } else {
                next.fail(new MiddlewareException("forbidden", Map.of("status", 403)));
            }
        };
    }
}
