package dev.sockeye.jakarta;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HostedEngine;
import dev.sockeye.engineio.host.HttpExchange;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One asynchronous request. States: open; answered; lost. Request and response bodies are transferred without blocking a thread. */
final class ServletExchange implements HttpExchange, AsyncListener, LoopGroup.Abortable {

    private static final System.Logger LOG = System.getLogger(ServletExchange.class.getName());

    private enum State {
        OPEN,
        ANSWERED,
        LOST
    }

    private final HttpServletRequest http;
    private final HttpServletResponse answer;
    private final ServletFacts request;
    private final SerialLoop loop;
    private final LoopGroup group;
    private final HostedEngine engine;
    private final AsyncContext async;
    private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);
    private final AtomicBoolean completed = new AtomicBoolean();
    private volatile @Nullable Runnable onLost;
    private volatile @Nullable BodyReader reader;

    ServletExchange(
            HttpServletRequest http,
            HttpServletResponse answer,
            SerialLoop loop,
            LoopGroup group,
            HostedEngine engine) {
        this.engine = engine;
        this.http = http;
        this.answer = answer;
        this.request = new ServletFacts(http);
        this.loop = loop;
        this.group = group;
        async = http.startAsync();
        async.setTimeout(0);
        async.addListener(this);
        group.add(this);
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
    public void readBody(int limit, BodyListener listener) {
        if (state.get() != State.OPEN) {
            loop.execute(listener::onAborted); // the container may use its objects for another request
            return;
        }
        long length = http.getContentLengthLong();
        if (length - limit > BodyReader.MOST_DISCARDED) {
            loop.execute(listener::onTooLarge);
        } else if (length == 0 || (length < 0 && declaresNoBody())) {
            loop.execute(() -> listener.onBody(new byte[0]));
        } else {
            BodyReader body = new BodyReader(
                    loop,
                    limit,
                    (int) Math.max(0, Math.min(length, Integer.MAX_VALUE)),
                    listener,
                    this::lost,
                    engine::receiving);
            reader = body;
            if (state.get() != State.OPEN) {
                body.abort(); // the request has ended meanwhile
                return;
            }
            group.bodyLimit().raise(http, limit);
            try {
                body.start(http.getInputStream());
            } catch (IOException | IllegalStateException e) {
                lost(e);
            }
        }
    }

    private boolean declaresNoBody() {
        return http.getHeader("Transfer-Encoding") == null && http.getProtocol().startsWith("HTTP/1");
    }

    @Override
    public void respond(HostResponse response) {
        if (!state.compareAndSet(State.OPEN, State.ANSWERED)) {
            return;
        }
        onLost = null;
        abortBody(); // if it is still being read; it is not needed any more
        try {
            write(answer, response);
            byte[] body = response.body();
            if (body.length == 0 || request.method().equals("HEAD")) {
                complete();
            } else {
                ServletOutputStream out = answer.getOutputStream();
                out.setWriteListener(new Writer(out, body));
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(Level.DEBUG, "cannot write an answer", e);
            refuse(HttpServletResponse.SC_INTERNAL_SERVER_ERROR, true);
            complete();
        }
    }

    /** Writes status, headers and content length. */
    static void write(HttpServletResponse answer, HostResponse response) {
        int status = response.status();
        answer.setStatus(status);
        List<HostResponse.Header> headers = response.headers();
        for (HostResponse.Header header : headers) {
            answer.addHeader(header.name(), header.value());
        }
        if (status != 204 && status != 304) {
            answer.setContentLength(response.body().length);
        }
    }

    /** A servlet cannot close the connection: responds with 400 and asks the container to close the connection afterwards. */
    @Override
    public void abort() {
        if (state.get() == State.OPEN) {
            respond(new HostResponse(400, List.of(new HostResponse.Header("Connection", "close")), new byte[0]));
        }
    }

    @Override
    public void onConnectionLost(Runnable action) {
        onLost = action;
        if (state.get() == State.LOST) {
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

    private void abortBody() {
        BodyReader body = reader;
        if (body != null) {
            body.abort();
        }
    }

    private void lost(@Nullable Throwable why) {
        LOG.log(Level.DEBUG, "a request was lost", why);
        boolean first = state.compareAndSet(State.OPEN, State.LOST);
        abortBody(); // after the change of the state, of which a readBody at the same time takes notice
        if (first) {
            refuse(HttpServletResponse.SC_BAD_REQUEST, false);
            runOnLost();
        }
        complete();
    }

    /**
     * Responds with this status and no body. The client may still read, for example if its body did not arrive in time. With the status
     * that was set, or without one, for which containers use 200, it would believe that its request was successful.
     *
     * @param begun whether another response was prepared
     */
    private void refuse(int status, boolean begun) {
        try {
            if (!answer.isCommitted()) {
                if (begun) {
                    answer.reset();
                }
                answer.setStatus(status);
            }
        } catch (RuntimeException e) {
            LOG.log(Level.DEBUG, "the container has ended the request already", e);
        }
    }

    private void complete() {
        if (completed.compareAndSet(false, true)) {
            group.remove(this);
            try {
                async.complete();
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "the container has ended the request already", e);
            }
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        completed.set(true);
        group.remove(this);
        if (state.compareAndSet(State.OPEN, State.LOST)) {
            abortBody();
            runOnLost();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        lost(null);
    }

    @Override
    public void onError(AsyncEvent event) {
        lost(event.getThrowable());
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // this request is not dispatched again
    }

    private final class Writer implements WriteListener {
        private final ServletOutputStream out;
        private byte @Nullable [] body;

        Writer(ServletOutputStream out, byte[] body) {
            this.out = out;
            this.body = body;
        }

        @Override
        public void onWritePossible() throws IOException {
            if (!out.isReady()) {
                return;
            }
            byte[] rest = body;
            if (rest != null) {
                body = null;
                out.write(rest);
                if (!out.isReady()) {
                    return;
                }
            }
            complete();
        }

        @Override
        public void onError(Throwable why) {
            LOG.log(Level.DEBUG, "an answer was not written", why);
            complete();
        }
    }
}
