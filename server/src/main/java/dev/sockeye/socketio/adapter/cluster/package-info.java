/**
 * Clusters of servers: the adapter, the messages between servers, and the interface that a transport for a broker
 * implements.
 */
package dev.sockeye.socketio.adapter.cluster;
