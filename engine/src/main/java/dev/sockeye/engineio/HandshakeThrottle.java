package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.time.Duration;

/** Limits how fast new sessions come; see {@link EngineServer#throttleHandshakes}. No official counterpart. */
@FunctionalInterface
public interface HandshakeThrottle {

    /**
     * Counts a handshake, before {@link AllowRequest}. Called on an I/O thread: it must not block, nor throw.
     *
     * @return zero or less lets it through; otherwise it is refused with status 429, and this time, rounded up to seconds, as {@code Retry-After}
     */
    Duration delay(HostRequest request);
}
