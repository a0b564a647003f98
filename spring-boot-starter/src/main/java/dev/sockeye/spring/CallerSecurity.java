package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;

/** Sets the authentication of the handshake on the calling thread, so that {@code @PreAuthorize} works on handlers. */
final class CallerSecurity {
    private CallerSecurity() {}

    static @Nullable Authentication of(Socket socket) {
        return SocketIoSecurity.authentication(socket);
    }

    static @Nullable String refusal(Throwable error) {
        if (error instanceof AccessDeniedException) {
            return "forbidden";
        }
        return error instanceof AuthenticationException ? "unauthorized" : null;
    }

    static @Nullable Object with(Socket socket, Callable<@Nullable Object> call) throws Exception {
        Authentication authentication = SocketIoSecurity.authentication(socket);
        SecurityContext before = SecurityContextHolder.getContext();
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        // also if there is none: the thread may still have the authentication of another client
        context.setAuthentication(authentication);
        SecurityContextHolder.setContext(context);
        try {
            return call.call();
        } finally {
            if (before.getAuthentication() == null) {
                SecurityContextHolder.clearContext();
            } else {
                SecurityContextHolder.setContext(before);
            }
        }
    }
}
