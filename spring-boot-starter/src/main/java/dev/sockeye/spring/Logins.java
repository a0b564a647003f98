package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/** Authentications that were set on sockets after their handshake; removed together with the socket. Thread-safe. */
final class Logins {
    /** The values do not reference their sockets, so an entry is removed when its socket is garbage collected. */
    private static final Map<Socket, Login> LOGINS = Collections.synchronizedMap(new WeakHashMap<>());

    private Logins() {}

    /** A login, compared by identity. */
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
            // after the other disconnect handlers, which may have been added later and need it
            socket.onDisconnect((reason, description) -> socket.client().execute(() -> LOGINS.remove(socket)));
        }
        socket.expireAt(until);
    }
}
