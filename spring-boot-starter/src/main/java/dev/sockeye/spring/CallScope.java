package dev.sockeye.spring;

import dev.sockeye.socketio.server.Socket;
import jakarta.servlet.http.HttpSession;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.web.context.request.AbstractRequestAttributes;
import org.springframework.web.context.request.DestructionCallbackBindingListener;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** Request scope: one call of a handler. Session scope: the HTTP session of the handshake, if there was one. */
final class CallScope extends AbstractRequestAttributes {
    private final Map<String, Object> attributes = new HashMap<>(4);
    private final @Nullable Object session;

    private CallScope(@Nullable Object session) {
        this.session = session;
    }

    /** Calls a handler with these scopes, and ends the request scope afterwards. */
    static @Nullable Object with(Socket socket, Callable<@Nullable Object> call) throws Exception {
        CallScope scope = new CallScope(socket.request().attribute("session"));
        RequestAttributes before = RequestContextHolder.getRequestAttributes();
        RequestContextHolder.setRequestAttributes(scope);
        try {
            return call.call();
        } finally {
            RequestContextHolder.setRequestAttributes(before);
            scope.requestCompleted();
        }
    }

    private HttpSession session() {
        if (session instanceof HttpSession http) {
            return http;
        }
        throw new IllegalStateException("the handshake had no HTTP session, so there is no session scope");
    }

    @Override
    public @Nullable Object getAttribute(String name, int scope) {
        return scope == SCOPE_REQUEST ? attributes.get(name) : session().getAttribute(name);
    }

    @Override
    public void setAttribute(String name, Object value, int scope) {
        if (scope == SCOPE_REQUEST) {
            attributes.put(name, value);
        } else {
            session().setAttribute(name, value);
        }
    }

    @Override
    public void removeAttribute(String name, int scope) {
        if (scope == SCOPE_REQUEST) {
            attributes.remove(name);
            removeRequestDestructionCallback(name);
        } else {
            session().removeAttribute(name);
        }
    }

    @Override
    public String[] getAttributeNames(int scope) {
        return scope == SCOPE_REQUEST
                ? StringUtils.toStringArray(attributes.keySet())
                : StringUtils.toStringArray(
                        new ArrayList<>(Collections.list(session().getAttributeNames())));
    }

    @Override
    public void registerDestructionCallback(String name, Runnable callback, int scope) {
        if (scope == SCOPE_REQUEST) {
            registerRequestDestructionCallback(name, callback);
        } else {
            session()
                    .setAttribute(
                            CallScope.class.getName() + ".end." + name,
                            new DestructionCallbackBindingListener(callback));
        }
    }

    @Override
    public @Nullable Object resolveReference(String key) {
        return key.equals(REFERENCE_SESSION) ? session : null;
    }

    @Override
    public String getSessionId() {
        return session().getId();
    }

    @Override
    public Object getSessionMutex() {
        return session();
    }

    @Override
    protected void updateAccessedSessionAttributes() {}
}
