package dev.sockeye.spring;

import dev.sockeye.socketio.server.MiddlewareException;
import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.Socket;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/**
 * Spring Security and sockets. In a servlet container the handshake passes the filter chain; its authentication is that of the
 * socket. Any thread.
 */
public final class SocketIoSecurity {
    private SocketIoSecurity() {}

    /** The authentication of a socket; {@code null} for a client that nobody knows. */
    public static @Nullable Authentication authentication(Socket socket) {
        return socket.request().attribute("principal") instanceof Authentication authentication ? authentication : null;
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
                    .map(String::valueOf)
                    .anyMatch(authority ->
                            authority.startsWith("ROLE_") && wanted.contains(authority.substring("ROLE_".length())))) {
                next.next();
            } else {
                next.fail(new MiddlewareException("forbidden", Map.of("status", 403)));
            }
        };
    }
}
