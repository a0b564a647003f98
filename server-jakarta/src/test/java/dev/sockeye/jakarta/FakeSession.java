package dev.sockeye.jakarta;

import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A container's session that pauses like Tomcat's, and writes immediately or on demand. */
@SuppressWarnings("deprecation") // the constructor that takes the session is not in WebSocket 2.1
final class FakeSession {

    /** What {@link ContainerSession} looks for. */
    interface Pausable extends Session {
        void suspend();

        void resume();
    }

    /** The calls of {@code suspend} and {@code resume}. */
    final List<String> calls = new CopyOnWriteArrayList<>();
    /** Runs within each of them. */
    Runnable duringCall = () -> {};
    /** The number of next writes that do not complete immediately. */
    int slowWrites;
    /** The failure of the next write, if any. */
    @Nullable
    Throwable failure;
    /** Whether the failure is thrown, not reported. */
    boolean throwing;
    /** Whether neither side has closed. */
    boolean open = true;
    /** Runs when it is closed. */
    Runnable onClose = () -> {};
    /** The number of writes. */
    int writes;

    final List<SendHandler> unwritten = new ArrayList<>();

    Session session() {
        return proxy(Pausable.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "suspend", "resume" -> {
                calls.add(method.getName());
                duringCall.run();
                yield null;
            }
            case "getAsyncRemote" -> remote();
            case "isOpen" -> open;
            case "close" -> {
                onClose.run();
                yield null;
            }
            default -> null;
        });
    }

    private RemoteEndpoint.Async remote() {
        return proxy(RemoteEndpoint.Async.class, (proxy, method, arguments) -> {
            if (method.getName().startsWith("send")) {
                SendHandler handler = (SendHandler) arguments[1];
                writes++;
                Throwable why = failure;
                failure = null;
                if (why != null && throwing) {
                    throw why;
                } else if (why != null) {
                    handler.onResult(new SendResult(why));
                } else if (slowWrites > 0) {
                    slowWrites--;
                    unwritten.add(handler);
                } else {
                    handler.onResult(new SendResult());
                }
            }
            return null;
        });
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(FakeSession.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
