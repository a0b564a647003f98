/**
 * The implementation of the server: cores, which share a {@link dev.sockeye.socketio.server.internal.ServerContext}, and the facades
 * above them that implement the public interfaces. Not exported.
 */
@org.jspecify.annotations.NullMarked
package dev.sockeye.socketio.server.internal;
