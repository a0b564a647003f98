/** WebTransport for the client: with this module on the class path, {@code TransportName.WEBTRANSPORT} can be used. */
package dev.sockeye.socketio.client.webtransport;
