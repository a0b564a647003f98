/** Servers in a cluster: the adapter, the messages between servers, and what a transport for a broker has to do. */
package dev.sockeye.socketio.adapter.cluster;
