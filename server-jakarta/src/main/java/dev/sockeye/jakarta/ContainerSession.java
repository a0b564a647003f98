package dev.sockeye.jakarta;

import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Session;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A session, and what its container supports beyond Jakarta WebSocket. These methods are found by name: Tomcat {@code suspend},
 * {@code resume}, {@code doClose}; Undertow {@code getWebSocketChannel().suspendReceives}, {@code resumeReceives}, {@code
 * forceClose}; Jetty {@code abort}.
 */
final class ContainerSession {

    private static final System.Logger LOG = System.getLogger(ContainerSession.class.getName());

    /** The supported methods of a session class. */
    private record Abilities(
            @Nullable Method channel,
            @Nullable Method pause,
            @Nullable Method resume,
            @Nullable Method abort,
            @Nullable Method abruptClose) {}

    private static final ClassValue<Abilities> ABILITIES = new ClassValue<>() {
        @Override
        protected Abilities computeValue(Class<?> type) {
            Method channel = find(type, "getWebSocketChannel");
            Class<?> reader = channel == null ? type : channel.getReturnType();
            Method pause = find(reader, channel == null ? "suspend" : "suspendReceives");
            Method resume = find(reader, channel == null ? "resume" : "resumeReceives");
            Method abort = find(type, "abort");
            return new Abilities(
                    channel,
                    resume == null ? null : pause,
                    resume,
                    abort != null ? abort : find(type, "forceClose"),
                    find(type, "doClose", CloseReason.class, CloseReason.class, boolean.class));
        }
    };

    private final Session session;
    private final Abilities abilities;

    ContainerSession(Session session) {
        this.session = session;
        abilities = ABILITIES.get(session.getClass());
    }

    private static @Nullable Method find(Class<?> type, String name, Class<?>... parameters) {
        try {
            return type.getMethod(name, parameters);
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    Session session() {
        return session;
    }

    /** False once it is closed, or being closed, by either side. */
    boolean isOpen() {
        return session.isOpen();
    }

    /** Whether the container allocates a buffer of the maximum message size for each session, so that the maximum should not be changed. */
    boolean buffersEagerly() {
        return abilities.abruptClose != null;
    }

    /**
     * How long the peer may take to answer a close frame. Tomcat reports a session as closed after it has sent its own close
     * frame. If there is no answer, it keeps the session, and with it the whole application, for half a minute; it checks every
     * ten seconds.
     */
    void closeTimeout(Duration timeout) {
        if (abilities.abruptClose != null) {
            session.getUserProperties()
                    .put("org.apache.tomcat.websocket.SESSION_CLOSE_TIMEOUT", Math.max(1, timeout.toMillis()));
        }
    }

    boolean canPause() {
        return abilities.pause != null;
    }

    /** Pauses or resumes reading if the container supports it. Calls must strictly alternate. */
    void pause(boolean on) {
        Method method = on ? abilities.pause : abilities.resume;
        if (method != null) {
            Method channel = abilities.channel;
            Object target = channel == null ? session : call(session, channel);
            if (target != null) {
                call(target, method);
            }
        }
    }

    /** For a message that arrives despite a pause: Undertow starts reading after {@code onOpen}, even if reading was paused there. */
    void pauseAgain() {
        if (abilities.channel != null) {
            pause(true);
        }
    }

    /** Performs the closing handshake. May block. */
    void close(int code, String reason) {
        try {
            session.close(new CloseReason(CloseReason.CloseCodes.getCloseCode(code), reason));
        } catch (IOException | IllegalStateException e) {
            LOG.log(Level.DEBUG, "the session is closed already", e);
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "the container does not send this code", e);
            close(CloseCodes.NORMAL_CLOSURE.getCode(), "");
        }
    }

    /** Closes the TCP connection as soon as the container allows it. May block for a short time. */
    void abort() {
        Method abrupt = abilities.abruptClose;
        Method abort = abilities.abort;
        CloseReason none = new CloseReason(CloseCodes.CLOSED_ABNORMALLY, "");
        if (abrupt != null) {
            call(session, abrupt, none, none, true);
        } else if (abort != null) {
            call(session, abort);
        } else {
            close(CloseCodes.GOING_AWAY.getCode(), "");
        }
    }

    private static @Nullable Object call(Object target, Method method, Object... arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            LOG.log(Level.DEBUG, method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            LOG.log(Level.WARNING, JakartaLog.METHOD_NOT_OPEN.text(method + " is not open to this module"), e);
        }
        return null;
    }
}
