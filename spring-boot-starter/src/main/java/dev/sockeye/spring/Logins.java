package dev.sockeye.spring;

import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.server.Socket;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;

/** Authentications that sockets got after their handshake; forgotten with the socket. Any thread. */
final class Logins {
    private static final Duration RETRY = Duration.ofMillis(100);

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
        if (until != null) {
            Duration left = Duration.between(Instant.now(), until);
            expireIn(left.isNegative() ? Duration.ZERO : left, new WeakReference<>(socket), login);
        }
    }

    private static void expireIn(Duration left, WeakReference<Socket> reference, Login login) {
        Socket socket = reference.get();
        if (socket != null) {
            var unused = socket.conn().loop().schedule(() -> expire(reference, login), left);
        }
    }

    /** Unless a later login has taken its place. On the loop. */
    private static void expire(WeakReference<Socket> reference, Login login) {
        Socket socket = reference.get();
        if (socket == null || LOGINS.get(socket) != login) {
            return;
        }
        if (socket.connected()) {
            socket.emit(SocketIoSecurity.EXPIRED);
            socket.disconnect();
        } else if (socket.conn().readyState() == EngineSocket.ReadyState.OPEN) {
            // it is still on its way through the middlewares
            expireIn(RETRY, reference, login);
        }
    }
}
