package dev.sockeye.jakarta;

import com.google.errorprone.annotations.concurrent.LazyInit;
import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageConnection;
import dev.sockeye.engineio.host.MessageListener;
import jakarta.websocket.CloseReason;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.RemoteEndpoint;
import jakarta.websocket.SendHandler;
import jakarta.websocket.SendResult;
import jakarta.websocket.Session;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket connection. States: connecting; open; closing (queued messages are written, then a close frame); over (the
 * listener was notified). The container allows one message at a time in each direction, so outgoing messages are queued here.
 */
final class SessionConnection implements MessageConnection, SendHandler, LoopGroup.Abortable {

    private static final System.Logger LOG = System.getLogger(SessionConnection.class.getName());
    private static final int TOO_BIG = 1009;
    private static final int TRY_AGAIN_LATER = 1013;
    static final int ABNORMAL = 1006;
    private static final int BROKEN = 1011;
    private static final int NOT_CLOSING = -1;

    private record Outgoing(boolean binary, int prefix, byte[] payload) {
        int length() {
            return payload.length + (prefix == NO_PREFIX ? 0 : 1);
        }
    }

    private final SerialLoop loop;
    private final LoopGroup group;
    private final JakartaOptions options;
    private final int maxMessageSize;
    private final MessageListener listener;
    private final MessageParts parts;

    // set before the listener is notified of the connection
    @LazyInit
    private @Nullable ContainerSession container;

    @LazyInit
    private @Nullable ReadControl reads;

    @LazyInit
    private RemoteEndpoint.@Nullable Async remote;

    private volatile boolean deaf; // ignores further messages
    private volatile @Nullable Throwable error;
    private volatile @Nullable Throwable writeError;
    private final AtomicBoolean aborting = new AtomicBoolean();

    // accessed on the loop
    private final ArrayDeque<Outgoing> queue = new ArrayDeque<>(4);
    private @Nullable Outgoing inFlight;
    private long pending;
    private boolean pumpPlanned;
    private boolean pumping;
    private int closeCode = NOT_CLOSING;
    private String closeReason = "";
    private boolean closeSent;
    private boolean closeAfterWrite; // over for the listener, but the peer must still receive the reason
    private EngineLoop.@Nullable Timer closeTimer;
    private EngineLoop.@Nullable Timer openTimer;
    private boolean opened;
    private boolean over;

    SessionConnection(
            SerialLoop loop,
            LoopGroup group,
            JakartaOptions options,
            int maxMessageSize,
            MessageListener listener,
            HostedEngine engine) {
        this.loop = loop;
        this.group = group;
        this.options = options;
        this.maxMessageSize = maxMessageSize;
        this.listener = listener;
        parts = new MessageParts(maxMessageSize, engine::receiving);
    }

    // ---- called by the container

    void onOpen(Session session) {
        ContainerSession own = new ContainerSession(session);
        ReadControl control = new ReadControl(own, options.maxReadPause());
        container = own;
        reads = control;
        remote = session.getAsyncRemote();
        session.getAsyncRemote().setSendTimeout(-1);
        session.setMaxIdleTimeout(0);
        own.closeTimeout(options.closeTimeout());
        if (!own.buffersEagerly()) {
            // the exact limit is enforced here, with a close frame like that of the official server; the container's
            // limit protects its own buffers
            int guard = (int) Math.min(Integer.MAX_VALUE, 2L * maxMessageSize);
            session.setMaxTextMessageBufferSize(guard);
            session.setMaxBinaryMessageBufferSize(guard);
        }
        loop.executeHere(() -> {
            if (over) { // too late
                group.closing(own::abort);
                return;
            }
            opened = true;
            EngineLoop.Timer timer = openTimer;
            if (timer != null) {
                openTimer = null;
                timer.cancel();
            }
            try {
                listener.onOpen(this);
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        });
        session.addMessageHandler(String.class, (MessageHandler.Partial<String>) (part, last) -> {
            try {
                receive(control, false, deaf ? null : parts.add(part, last));
            } catch (MessageParts.TooLong e) {
                refuse(TOO_BIG, e);
            } catch (MessageParts.TooMuch e) {
                refuse(TRY_AGAIN_LATER, e);
            }
        });
        session.addMessageHandler(ByteBuffer.class, (MessageHandler.Partial<ByteBuffer>) (part, last) -> {
            try {
                receive(control, true, deaf ? null : parts.add(part, last));
            } catch (MessageParts.TooLong e) {
                refuse(TOO_BIG, e);
            } catch (MessageParts.TooMuch e) {
                refuse(TRY_AGAIN_LATER, e);
            }
        });
    }

    private void receive(ReadControl control, boolean binary, byte @Nullable [] message) {
        if (message == null) {
            return;
        }
        if (!control.admit(message.length)) {
            onError(new TimeoutException("the application did not take messages for " + options.maxReadPause()));
            return;
        }
        loop.executeHere(() -> {
            control.delivered(message.length);
            if (over || closeCode != NOT_CLOSING) {
                return;
            }
            try {
                if (binary) {
                    listener.onBinary(message);
                } else {
                    listener.onText(message);
                }
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        });
    }

    private void refuse(int code, Exception why) {
        deaf = true;
        loop.execute(() -> fail(code, why));
    }

    void onClose(CloseReason reason) {
        int code = reason.getCloseCode().getCode();
        loop.execute(() -> {
            EngineLoop.Timer timer = closeTimer;
            if (timer != null) {
                timer.cancel();
            }
            // a write may have failed because the peer has closed
            finish(code, code == ABNORMAL && error == null ? writeError : error);
        });
    }

    void onError(Throwable why) {
        error = why;
        deaf = true;
        loop.execute(() -> {
            if (!over) {
                LOG.log(Level.DEBUG, "a WebSocket failed", why);
                abort();
            }
        });
    }

    /** A message was written, or failed. May be called from any thread. */
    @Override
    public void onResult(SendResult result) {
        if (loop.inLoop()) {
            written(result);
        } else {
            loop.execute(() -> written(result));
        }
    }

    /** The container rejected the upgrade. */
    void neverOpened(@Nullable Throwable why) {
        loop.execute(() -> finish(ABNORMAL, why));
    }

    /** The container accepted the upgrade. The connection opens soon, or never if the client disconnects in the meantime. */
    void expectOpen() {
        loop.execute(() -> {
            if (!opened && !over) {
                openTimer = loop.schedule(() -> finish(ABNORMAL, null), options.closeTimeout());
            }
        });
    }

    // ---- sending

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    public void send(boolean binary, int prefix, byte[] payload, boolean compress) {
        assert loop.inLoop();
        if (over || closeCode != NOT_CLOSING) {
            return;
        }
        Outgoing message = new Outgoing(binary, prefix, payload);
        pending += message.length();
        queue.add(message);
        planPump();
    }

    private void planPump() {
        if (!pumpPlanned && inFlight == null) {
            pumpPlanned = true;
            loop.atEndOfTurn(() -> {
                pumpPlanned = false;
                pump(false);
            });
        }
    }

    /** Passes messages to the container. If something was written, now or just before, and the queue is empty, calls {@link #settle}. */
    private void pump(boolean justWritten) {
        RemoteEndpoint.Async to = remote;
        if (to == null || over || aborting.get()) {
            return;
        }
        boolean wrote = justWritten;
        pumping = true;
        while (inFlight == null && !over && !aborting.get()) { // nothing is written after a lost message
            Outgoing message = queue.poll();
            if (message == null) {
                break;
            }
            wrote = true;
            inFlight = message;
            try {
                if (message.binary) {
                    to.sendBinary(bytes(message), this);
                } else {
                    to.sendText(loop.text(message.prefix, message.payload), this);
                }
            } catch (RuntimeException | Error e) {
                inFlight = null;
                notWritten(e);
            }
        }
        pumping = false;
        if (wrote) {
            settle();
        }
    }

    private static ByteBuffer bytes(Outgoing message) {
        if (message.prefix == NO_PREFIX) {
            return ByteBuffer.wrap(message.payload);
        }
        return ByteBuffer.allocate(message.length())
                .put((byte) message.prefix)
                .put(message.payload)
                .flip();
    }

    private void written(SendResult result) {
        if (over) {
            if (closeAfterWrite) {
                closeAfterWrite = false;
                sendClose();
            }
            return;
        }
        Outgoing message = inFlight;
        if (message == null) {
            return;
        }
        inFlight = null;
        pending -= message.length();
        if (!result.isOK()) {
            notWritten(result.getException());
        } else if (!pumping) {
            pump(true);
        }
    }

    /** Ends the connection. If that is because the peer has closed it, {@link #onClose} follows, with the code of the peer. */
    private void notWritten(@Nullable Throwable why) {
        ContainerSession session = container;
        if (session == null || session.isOpen()) {
            error = why == null ? error : why;
            abort();
        } else if (aborting.compareAndSet(false, true)) {
            writeError = why;
            endReads();
            group.closing(() -> {
                session.abort();
                loop.execute(() -> finish(ABNORMAL, error == null ? writeError : error));
            });
        }
    }

    /** If everything was written, notifies the listener or closes the connection. */
    private void settle() {
        if (over || aborting.get() || inFlight != null || !queue.isEmpty()) {
            return;
        }
        if (closeCode != NOT_CLOSING) {
            sendClose();
        } else {
            try {
                listener.onDrained();
            } catch (RuntimeException | Error e) {
                broken(e);
            }
        }
    }

    @Override
    public long pendingBytes() {
        return pending;
    }

    @Override
    public void autoRead(boolean on) {
        ReadControl control = reads;
        if (control != null) {
            control.autoRead(on);
        }
    }

    // ---- closing

    @Override
    public void close(int code, String reason) {
        assert loop.inLoop();
        if (over || closeCode != NOT_CLOSING) {
            return;
        }
        closeCode = code;
        closeReason = shortened(reason);
        endReads();
        closeTimer = loop.schedule(this::abort, options.closeTimeout());
        if (inFlight == null && queue.isEmpty()) {
            sendClose();
        } else {
            planPump();
        }
    }

    /** A close frame has room for a reason of 123 bytes; official reasons are ASCII. */
    private static String shortened(String reason) {
        return reason.length() <= 123 / 3 ? reason : reason.substring(0, 123 / 3);
    }

    private void sendClose() {
        ContainerSession session = container;
        if (!closeSent && session != null) {
            closeSent = true;
            // the container's API cannot send a close frame without a code
            int code = closeCode == NO_STATUS ? CloseReason.CloseCodes.NORMAL_CLOSURE.getCode() : closeCode;
            String reason = closeReason;
            group.closing(() -> session.close(code, reason));
        }
    }

    private void endReads() {
        ReadControl control = reads;
        if (control != null) {
            control.end();
        }
    }

    private void broken(Throwable e) {
        LOG.log(Level.WARNING, JakartaLog.LISTENER_FAILED.text("a WebSocket listener threw"), e);
        fail(BROKEN, e);
    }

    /** Closes without waiting for the peer: the listener is notified now, the peer after the message that is being written. */
    private void fail(int code, Throwable why) {
        if (over) {
            return;
        }
        deaf = true;
        boolean idle = inFlight == null;
        if (closeCode == NOT_CLOSING) {
            closeCode = code;
            closeTimer = loop.schedule(this::abort, options.closeTimeout());
        }
        finish(code, why);
        if (idle) {
            sendClose();
        } else {
            closeAfterWrite = true;
        }
    }

    /** May be called from any thread. */
    @Override
    public void abort() {
        deaf = true;
        ContainerSession session = container;
        if (session == null) {
            loop.execute(() -> finish(ABNORMAL, null));
        } else if (aborting.compareAndSet(false, true)) {
            endReads();
            group.closing(session::abort);
            loop.execute(() -> finish(ABNORMAL, error));
        }
    }

    private void finish(int code, @Nullable Throwable why) {
        if (over) {
            return;
        }
        over = true;
        deaf = true;
        group.remove(this);
        parts.end();
        EngineLoop.Timer waiting = openTimer;
        if (waiting != null) {
            waiting.cancel();
        }
        endReads();
        queue.clear();
        inFlight = null;
        pending = 0;
        try {
            listener.onClose(code, why);
        } catch (RuntimeException | Error e) {
            LOG.log(Level.WARNING, JakartaLog.LISTENER_FAILED.text("a WebSocket listener threw"), e);
        }
    }
}
