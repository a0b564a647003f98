package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs the middlewares for one request. Only the first result of each middleware has an effect. */
final class MiddlewareRun {
    private final EngineMiddleware[] middlewares;
    private final HostRequest request;
    private final ResponseHeaders headers;
    private final EngineMiddleware.Chain end;
    private final AtomicInteger at = new AtomicInteger();

    MiddlewareRun(
            EngineMiddleware[] middlewares, HostRequest request, ResponseHeaders headers, EngineMiddleware.Chain end) {
        this.middlewares = middlewares;
        this.request = request;
        this.headers = headers;
        this.end = end;
    }

    void next() {
        int step = at.get();
        if (step == middlewares.length) {
            end.next();
            return;
        }
        EngineMiddleware.Chain chain = new EngineMiddleware.Chain() {
            @Override
            public void next() {
                if (at.compareAndSet(step, step + 1)) {
                    MiddlewareRun.this.next();
                }
            }

            @Override
            public void fail(Throwable error) {
                if (at.compareAndSet(step, -1)) {
                    end.fail(error);
                }
            }

            @Override
            public void respond(HostResponse response) {
                if (at.compareAndSet(step, -1)) {
                    end.respond(response);
                }
            }
        };
        try {
            middlewares[step].handle(request, headers, chain);
        } catch (RuntimeException | Error e) {
            if (at.compareAndSet(step, -1)) {
                end.fail(e);
            } else {
                Hooks.failed("middleware", e); // it has decided before
            }
        }
    }
}
