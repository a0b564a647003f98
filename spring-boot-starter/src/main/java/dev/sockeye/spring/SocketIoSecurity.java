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
 * Spring Security and sockets. In a servlet container the handshake passes the filter chain; its authentication is that of the
 * socket, until another one is set with {@link #login}. Any thread.
 */
public final class SocketIoSecurity {

    /** The event that a client gets before it is disconnected because its authentication has come to its end. */
    public static final String EXPIRED = Socket.EXPIRED;

    private SocketIoSecurity() {}

    /** The authentication of a socket; {@code null} for a client that nobody knows. */
    public static @Nullable Authentication authentication(Socket socket) {
        Logins.Login login = Logins.of(socket);
        if (login != null) {
            return login.authentication();
        }
        return socket.request().attribute("principal") instanceof Authentication authentication ? authentication : null;
    }

    /**
     * Makes this the authentication of a socket, in its handlers from now on. At its end the client gets the event {@link
     * #EXPIRED} and the socket is disconnected ({@code io server disconnect}), see {@link Socket#expireAt}; another call before then replaces both, so that a
     * client stays by sending a fresh token, without reconnecting. For middlewares and handlers.
     *
     * @param until the end, that of a token for example; {@code null} for none
     */
    public static void login(Socket socket, Authentication authentication, @Nullable Instant until) {
        Logins.set(socket, authentication, until);
    }

    /**
     * A middleware for {@code Namespace.use}: lets in who has one of these roles, and refuses all others with {@code
     * connect_error} "unauthorized" (nobody) or "forbidden" (somebody else), each with {@code data.status} 401 or 403.
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
