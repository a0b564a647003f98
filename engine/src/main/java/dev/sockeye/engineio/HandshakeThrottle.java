package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.time.Duration;

/** Limits the rate of new sessions; see {@link EngineServer#throttleHandshakes}. No official counterpart. */
@FunctionalInterface
public interface HandshakeThrottle {

    /**
     * Counts a handshake, before {@link AllowRequest} is called. Called on an I/O thread; must not block or throw.
     *
     * @return zero or negative to accept the handshake; otherwise it is refused with status 429, and this duration,
     *     rounded up to seconds, is sent as {@code Retry-After}
     */
    Duration delay(HostRequest request);
}
