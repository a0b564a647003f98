/**
 * The Engine.IO protocol of the client: handshake, transports, upgrade, heartbeat. Runs on a loop and a network from {@code
 * client.transport}. Internal; the package is not exported.
 */
package dev.sockeye.socketio.client.engine;
