package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.Map;

/**
 * A refused request. Official counterpart: the {@code connection_error} event.
 *
 * @param request the request
 * @param error the reason
 * @param context details, with the official keys: {@code name}, {@code transport}, {@code previousTransport}, {@code
 *     sid}, {@code method}, {@code origin}, {@code protocol}, {@code message}, {@code error}
 */
public record ConnectionError(HostRequest request, HandshakeError error, Map<String, Object> context) {}
