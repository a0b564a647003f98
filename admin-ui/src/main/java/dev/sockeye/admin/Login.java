package dev.sockeye.admin;

import dev.sockeye.socketio.server.NamespaceMiddleware;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Accepts clients with a session or a valid password. Passwords are checked on a separate executor, because that takes some time. */
final class Login implements NamespaceMiddleware {
    static final String INVALID = "invalid credentials"; // the page compares this text
    static final String TOO_MANY = "too many attempts, try again later";

    private static final Logger LOG = System.getLogger(AdminUi.class.getName());

    private final BiPredicate<String, String> check;
    private final AdminSessionStore store;
    private final LoginAttempts attempts;
    private final Executor executor;
    private final SecureRandom random = new SecureRandom();
    /** The new sessions of sockets that were authenticated by password, until they are connected. */
    private final Map<Socket, String> fresh = Collections.synchronizedMap(new WeakHashMap<>());

    Login(BiPredicate<String, String> check, AdminSessionStore store, LoginAttempts attempts, Executor executor) {
        this.check = check;
        this.store = store;
        this.attempts = attempts;
        this.executor = executor;
    }

    /** The session to send to a newly connected socket; {@code null} if it already has one. */
    @Nullable
    String takeSession(Socket socket) {
        return fresh.remove(socket);
    }

    @Override
    public void handle(Socket socket, Next next) {
        Map<String, @Nullable Object> auth = socket.handshake().auth();
        String address = socket.handshake().address();
        if (!(auth.get("sessionId") instanceof String id) || id.isEmpty()) {
            checkPassword(socket, auth, address, next);
            return;
        }
        // also after too many attempts of this address, which may be those of others behind it
        var unused = exists(id).whenComplete((known, error) -> {
            if (error != null) {
                LOG.log(
                        Level.WARNING,
                        AdminLog.SESSION_STORE_FAILED.text("the session store of the Admin UI failed"),
                        error);
            }
            if (error == null && Boolean.TRUE.equals(known)) {
                next.next();
            } else if (attempts.begin(address)) { // to guess a session is an attempt, too
                checkPassword(socket, auth, address, next);
            } else {
                refuse(address, TOO_MANY, next);
            }
        });
    }

    private CompletionStage<Boolean> exists(String id) {
        try {
            return store.exists(id);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void checkPassword(Socket socket, Map<String, @Nullable Object> auth, String address, Next next) {
        if (!(auth.get("username") instanceof String name) || !(auth.get("password") instanceof String password)) {
            next.fail(INVALID);
            return;
        }
        if (name.isEmpty() && password.isEmpty()) {
            next.fail(INVALID); // an empty form does not count as an attempt
            return;
        }
        if (!attempts.begin(address)) {
            refuse(address, TOO_MANY, next);
            return;
        }
        try {
            executor.execute(() -> {
                boolean right = false;
                try {
                    right = check.test(name, password);
                } catch (Throwable e) {
                    LOG.log(
                            Level.WARNING,
                            AdminLog.PASSWORD_CHECK_FAILED.text("the check of the Admin UI's password failed"),
                            e);
                }
                if (right) {
                    attempts.succeeded(address);
                    begin(socket, next);
                } else {
                    refuse(address, INVALID, next);
                }
            });
        } catch (RejectedExecutionException e) {
            refuse(address, TOO_MANY, next);
        }
    }

    private void begin(Socket socket, Next next) {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        CompletionStage<Void> saved;
        try {
            saved = store.save(id);
        } catch (RuntimeException e) {
            saved = CompletableFuture.failedFuture(e);
        }
        var unused = saved.whenComplete((done, error) -> {
            if (error == null) {
                fresh.put(socket, id);
            } else {
                LOG.log(
                        Level.WARNING,
                        AdminLog.SESSION_STORE_FAILED.text("the session store of the Admin UI failed"),
                        error);
            }
            next.next();
        });
    }

    private static void refuse(String address, String message, Next next) {
        LOG.log(
                Level.INFO,
                AdminLog.LOGIN_REFUSED.text("login to the Admin UI refused, from {0}: {1}"),
                address,
                message);
        next.fail(message);
    }
}
