package dev.sockeye.engineio;

/**
 * A snapshot of the counters of {@link SessionForwarding} since the server was created. The share of forwarded requests
 * is {@code forwarded / (forwarded + local)}: two thirds with three servers behind a round-robin load balancer, 0 with
 * session affinity.
 *
 * @param local client requests for sessions of this server, not including new sessions
 * @param forwarded requests that were forwarded to other servers
 * @param failed forwarded requests that the other server did not answer, because it was unavailable or too slow
 * @param refused requests that were not forwarded because of the limits for concurrent requests or memory
 * @param received requests that other servers have forwarded to this server
 * @param active requests and WebSockets that are being forwarded now
 */
public record ForwardingCounts(long local, long forwarded, long failed, long refused, long received, int active) {}
