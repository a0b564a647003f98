package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.MessageListener;
import dev.sockeye.engineio.host.PerMessageDeflate;
import dev.sockeye.engineio.host.WebSocketUpgrade;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.server.ServerContainer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket upgrade request. The container performs the upgrade on a thread that processes the request: in the first call of
 * the servlet if the engine decides immediately, otherwise in a second call (an asynchronous dispatch).
 */
final class ServletUpgrade implements WebSocketUpgrade, AsyncListener, LoopGroup.Abortable {

    private static final System.Logger LOG = System.getLogger(ServletUpgrade.class.getName());
    /** The request attribute in which the second call finds this object. */
    static final String ATTRIBUTE = "dev.sockeye.jakarta.upgrade";

    private sealed interface Decision {}

    private record Accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener) implements Decision {}

    private record Reject(HostResponse response) implements Decision {}

    private enum Phase {
        ASKING,
        WAITING,
        DECIDED
    }

    private final ServletFacts request;
    private final SerialLoop loop;
    private final LoopGroup group;
    private final JakartaOptions options;
    private final ServerContainer container;
    private final HostedEngine engine;
    private final AtomicReference<@Nullable Decision> decision = new AtomicReference<>();
    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.ASKING);
    /** Whether the decision was carried out, or can no longer be carried out. */
    private final AtomicBoolean finished = new AtomicBoolean();

    private volatile boolean lost;
    private volatile @Nullable AsyncContext async;
    private volatile @Nullable Runnable onLost;

    ServletUpgrade(
            HttpServletRequest http,
            SerialLoop loop,
            LoopGroup group,
            JakartaOptions options,
            ServerContainer container,
            HostedEngine engine) {
        request = new ServletFacts(http);
        this.loop = loop;
        this.group = group;
        this.options = options;
        this.container = container;
        this.engine = engine;
    }

    /** The first call. */
    void start(HttpServletRequest http, HttpServletResponse answer) throws IOException {
        group.add(this);
        loop.executeHere(() -> engine.handleUpgrade(this));
        if (phase.get() == Phase.DECIDED) {
            finish(http, answer);
            return;
        }
        http.setAttribute(ATTRIBUTE, this);
        AsyncContext context = http.startAsync();
        context.setTimeout(options.upgradeDecisionTimeout().toMillis());
        context.addListener(this);
        async = context;
        if (!phase.compareAndSet(Phase.ASKING, Phase.WAITING)) {
            context.dispatch();
        }
    }

    /** The second call, or the end of the first one. */
    void finish(HttpServletRequest http, HttpServletResponse answer) throws IOException {
        group.remove(this);
        Decision decided = decision.get();
        if (!finished.compareAndSet(false, true)) {
            return;
        }
        if (decided instanceof Accept accept) {
            SessionConnection connection =
                    new SessionConnection(loop, group, options, accept.maxMessageSize, accept.listener, engine);
            group.add(connection);
            try {
                container.upgradeHttpToWebSocket(
                        http, answer, UpgradeConfig.of(connection, accept.headers, accept.compression), Map.of());
                if (answer.getStatus() >= 400) {
                    // Tomcat responds itself if it cannot parse the extensions header
                    connection.neverOpened(null);
                } else {
                    connection.expectOpen();
                }
            } catch (DeploymentException | IOException | RuntimeException | Error e) {
                if (e instanceof IOException) { // the client is gone
                    LOG.log(Level.DEBUG, "a connection was lost while its upgrade was answered", e);
                } else {
                    LOG.log(Level.WARNING, JakartaLog.NO_UPGRADE.text("the container did not switch to WebSocket"), e);
                }
                connection.neverOpened(e);
                if (!answer.isCommitted()) {
                    answer.sendError(500);
                }
            }
        } else if (decided instanceof Reject reject) {
            answer.setHeader("Connection", "close");
            ServletExchange.write(answer, reject.response);
            byte[] body = reject.response.body();
            if (body.length > 0) {
                answer.getOutputStream().write(body);
            }
        }
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    public void accept(
            List<Header> headers,
            int maxMessageSize,
            @Nullable PerMessageDeflate compression,
            MessageListener listener) {
        decide(new Accept(List.copyOf(headers), maxMessageSize, compression, listener));
    }

    @Override
    public void reject(HostResponse response) {
        decide(new Reject(response));
    }

    /** A servlet cannot close the connection: responds with 400 and asks the container to close the connection afterwards. */
    @Override
    public void abort() {
        Runnable action = onLost;
        reject(new HostResponse(400, List.of(), new byte[0]));
        if (action != null) { // the servlet is destroyed before the engine has decided
            loop.execute(action);
        }
    }

    private void decide(Decision value) {
        if (!decision.compareAndSet(null, value)) {
            if (value instanceof Accept late) {
                loop.execute(() -> late.listener.onClose(SessionConnection.ABNORMAL, null));
            }
            return;
        }
        onLost = null;
        if (phase.getAndSet(Phase.DECIDED) != Phase.WAITING) {
            return;
        }
        AsyncContext context = async;
        if (context != null) {
            try {
                context.dispatch();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "the request was lost before its upgrade was decided", e);
                unfinished();
            }
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        onLost = action;
        if (lost) {
            runOnLost();
        }
    }

    private void runOnLost() {
        loop.execute(() -> {
            Runnable action = onLost;
            onLost = null;
            if (action != null) {
                action.run();
            }
        });
    }

    private void lost() {
        lost = true;
        group.remove(this);
        runOnLost();
    }

    /** The request has ended. If its WebSocket was accepted but will never open, notifies the listener. */
    private void unfinished() {
        group.remove(this);
        if (finished.compareAndSet(false, true) && decision.get() instanceof Accept accept) {
            loop.execute(() -> accept.listener.onClose(SessionConnection.ABNORMAL, null));
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        if (decision.compareAndSet(null, new Reject(new HostResponse(503, List.of(), new byte[0])))) {
            lost();
            if (event.getSuppliedResponse() instanceof HttpServletResponse answer) {
                answer.setStatus(503);
            }
            event.getAsyncContext().complete();
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        if (decision.compareAndSet(null, new Reject(new HostResponse(500, List.of(), new byte[0])))) {
            lost();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        unfinished();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // the second call does not start asynchronous processing
    }
}
