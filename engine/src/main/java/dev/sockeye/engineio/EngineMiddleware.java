package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;

/** Handles each request before the engine. Official counterpart: a function given to {@code engine.use}. */
@FunctionalInterface
public interface EngineMiddleware {

    /**
     * Handles a request. Exactly one method of {@code chain} must be called, immediately or later, on any thread.
     *
     * @param headers headers to add to the engine's response
     */
    void handle(HostRequest request, ResponseHeaders headers, Chain chain);

    /** Determines how the request is processed. */
    interface Chain {
        /** Continues with the next middleware or the engine. */
        void next();

        /** Refuses the request with status 400 and code 3, {@code MIDDLEWARE_FAILURE}. */
        void fail(Throwable error);

        /** Answers the request. */
        void respond(HostResponse response);
    }
}
