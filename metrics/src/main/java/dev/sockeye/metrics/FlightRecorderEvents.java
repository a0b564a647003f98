package dev.sockeye.metrics;

import dev.sockeye.engineio.CloseReason;
import dev.sockeye.engineio.EngineListener;
import dev.sockeye.engineio.EngineSocket;
import dev.sockeye.socketio.Registration;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import dev.sockeye.socketio.server.SocketIoServer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * Events of a server for JDK Flight Recorder, in the category Sockeye: {@code dev.sockeye.Connect}, {@code Upgrade}, {@code
 * Disconnect}, {@code ReadingPaused} (with its duration), {@code OutboundOverflow} and {@code SlowHandler} (100 ms or longer,
 * the setting {@code threshold}). The overhead without a recording is negligible, except that each event of a client passes a
 * socket middleware.
 */
@SuppressWarnings("UnusedVariable") // the recorder reads the fields
public final class FlightRecorderEvents {
    private FlightRecorderEvents() {}

    /**
     * Records the events of a server from now on.
     *
     * @return stops recording when closed; connected sockets keep their middleware, which then does nothing
     */
    public static Registration install(SocketIoServer io) {
        AtomicBoolean recording = new AtomicBoolean(true);
        Registration sessions = io.engine().addListener(new Sessions());
        Registration hooks = NamespaceHooks.install(io, namespace -> install(namespace, recording));
        return () -> {
            recording.set(false);
            sessions.close();
            hooks.close();
        };
    }

    private static Registration install(Namespace namespace, AtomicBoolean recording) {
        return namespace.prependConnection(socket -> socket.use((event, next) -> {
            if (recording.get()) {
                time(socket, event.name(), next);
            } else {
                next.next();
            }
        }));
    }

    private static void time(Socket socket, String event, Next next) {
        SlowHandler slow = new SlowHandler();
        if (!slow.isEnabled()) {
            next.next();
            return;
        }
        slow.begin();
        next.next();
        slow.end();
        if (slow.shouldCommit()) {
            slow.namespace = socket.namespace().name();
            slow.event = event;
            slow.socket = socket.id();
            slow.commit();
        }
    }

    private static final class Sessions implements EngineListener {
        private final Map<EngineSocket, ReadingPaused> paused = new ConcurrentHashMap<>();

        @Override
        public void onOpen(EngineSocket session) {
            Connect event = new Connect();
            if (event.isEnabled()) {
                event.address = session.remoteAddress();
                event.transport = session.transport();
                event.commit();
            }
        }

        @Override
        public void onUpgrade(EngineSocket session, String transport) {
            Upgrade event = new Upgrade();
            if (event.isEnabled()) {
                event.address = session.remoteAddress();
                event.transport = transport;
                event.commit();
            }
        }

        @Override
        public void onClose(EngineSocket session, CloseReason reason, @Nullable Object description) {
            onReadingPaused(session, false);
            Disconnect event = new Disconnect();
            if (event.isEnabled()) {
                event.address = session.remoteAddress();
                event.transport = session.transport();
                event.reason = reason.text();
                event.commit();
            }
            if (reason == CloseReason.OUTBOUND_OVERFLOW) {
                OutboundOverflow overflow = new OutboundOverflow();
                overflow.address = session.remoteAddress();
                overflow.commit();
            }
        }

        @Override
        public void onReadingPaused(EngineSocket session, boolean pause) {
            if (pause) {
                ReadingPaused event = new ReadingPaused();
                if (event.isEnabled()) {
                    event.begin();
                    paused.put(session, event);
                }
                return;
            }
            ReadingPaused event = paused.remove(session);
            if (event != null) {
                event.address = session.remoteAddress();
                event.commit();
            }
        }
    }

    @Name("dev.sockeye.Connect")
    @Label("Connect")
    @Description("A session was opened")
    @Category("Sockeye")
    @StackTrace(false)
    private static final class Connect extends Event {
        @Label("Address")
        @Nullable
        String address;

        @Label("Transport")
        @Nullable
        String transport;
    }

    @Name("dev.sockeye.Upgrade")
    @Label("Upgrade")
    @Description("A session was upgraded to another transport")
    @Category("Sockeye")
    @StackTrace(false)
    private static final class Upgrade extends Event {
        @Label("Address")
        @Nullable
        String address;

        @Label("Transport")
        @Nullable
        String transport;
    }

    @Name("dev.sockeye.Disconnect")
    @Label("Disconnect")
    @Description("A session has ended")
    @Category("Sockeye")
    @StackTrace(false)
    private static final class Disconnect extends Event {
        @Label("Address")
        @Nullable
        String address;

        @Label("Transport")
        @Nullable
        String transport;

        @Label("Reason")
        @Nullable
        String reason;
    }

    @Name("dev.sockeye.OutboundOverflow")
    @Label("Outbound Overflow")
    @Description("A session was closed because too many bytes were queued for its client")
    @Category("Sockeye")
    @StackTrace(false)
    private static final class OutboundOverflow extends Event {
        @Label("Address")
        @Nullable
        String address;
    }

    @Name("dev.sockeye.ReadingPaused")
    @Label("Reading Paused")
    @Description("The server stopped reading from a client because its handlers did not keep up")
    @Category("Sockeye")
    @StackTrace(false)
    private static final class ReadingPaused extends Event {
        @Label("Address")
        @Nullable
        String address;
    }

    @Name("dev.sockeye.SlowHandler")
    @Label("Slow Handler")
    @Description("The handlers of an event took long, by default 100 ms or longer")
    @Category("Sockeye")
    @StackTrace(false)
    @Threshold("100 ms")
    private static final class SlowHandler extends Event {
        @Label("Namespace")
        @Nullable
        String namespace;

        @Label("Event")
        @Nullable
        String event;

        @Label("Socket")
        @Nullable
        String socket;
    }
}
