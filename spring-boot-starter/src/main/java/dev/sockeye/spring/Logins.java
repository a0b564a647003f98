package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/** Authentications that sockets got after their handshake; forgotten with the socket. Any thread. */
final class Logins {
    /** Values do not hold their sockets: a socket that is gone takes its entry along. */
    private static final Map<Socket, Login> LOGINS = Collections.synchronizedMap(new WeakHashMap<>());

    private Logins() {}

    /** One login; each is a thing of its own. */
    static final class Login {
        private final Authentication authentication;

        private Login(Authentication authentication) {
            this.authentication = authentication;
        }

        Authentication authentication() {
            return authentication;
        }
    }

    static @Nullable Login of(Socket socket) {
        return LOGINS.get(socket);
    }

    static void set(Socket socket, Authentication authentication, @Nullable Instant until) {
        Login login = new Login(authentication);
        if (LOGINS.put(socket, login) == null) {
            socket.onDisconnect((reason, description) -> LOGINS.remove(socket));
        }
        socket.expireAt(until);
    }
}
