/** The Socket.IO client: manager, sockets, reconnection, acknowledgements, recovery. */
package dev.sockeye.socketio.client;
