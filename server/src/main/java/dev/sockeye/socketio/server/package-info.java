/** The Socket.IO server: the API that applications use. */
package dev.sockeye.socketio.server;
