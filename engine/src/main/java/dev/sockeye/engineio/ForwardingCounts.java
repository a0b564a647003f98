package dev.sockeye.engineio;

/**
 * What {@link SessionForwarding} has done since the server was made; a snapshot. The share of forwarded requests is {@code forwarded /
 * (forwarded + local)}: two thirds with three servers behind a balancer that takes turns, 0 with session affinity.
 *
 * @param local requests of clients for sessions of this server; new sessions are not counted
 * @param forwarded requests for sessions of other servers, sent there
 * @param failed those of them that the other server did not answer: it was gone, or too slow
 * @param refused requests that were not forwarded, because too many were or too much memory was needed
 * @param received requests that other servers have forwarded to this one
 * @param active requests and WebSockets that are being forwarded now
 */
public record ForwardingCounts(long local, long forwarded, long failed, long refused, long received, int active) {}
