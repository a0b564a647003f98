/** Tracks who is online and how many sockets a room has, across all servers of a cluster: {@link dev.sockeye.presence.Presence}. */
package dev.sockeye.presence;
