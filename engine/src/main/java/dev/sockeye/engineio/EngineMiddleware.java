package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;

/** Sees each request before the engine. Official counterpart: a function given to {@code engine.use}. */
@FunctionalInterface
public interface EngineMiddleware {

    /**
     * Handles a request. Exactly one method of {@code chain} is to be called, now or later, on any thread.
     *
     * @param headers headers to add to the engine's answer
     */
    void handle(HostRequest request, ResponseHeaders headers, Chain chain);

    /** What becomes of the request. */
    interface Chain {
        /** Goes on with the next middleware or the engine. */
        void next();

        /** Refuses the request: 400 with code 3, {@code MIDDLEWARE_FAILURE}. */
        void fail(Throwable error);

        /** Answers the request here. */
        void respond(HostResponse response);
    }
}
