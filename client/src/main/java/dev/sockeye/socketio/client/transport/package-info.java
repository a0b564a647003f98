/**
 * What the client needs from an HTTP and WebSocket library: loops, requests, WebSockets, WebTransport, TLS and proxies. The client comes with
 * an implementation on Netty; for another library, only a {@link dev.sockeye.socketio.client.transport.ClientTransport} is
 * needed. Applications use {@link dev.sockeye.socketio.client.transport.TransportName}, {@link
 * dev.sockeye.socketio.client.transport.ProxyOptions}, {@link dev.sockeye.socketio.client.transport.TlsOptions} and {@link
 * dev.sockeye.socketio.client.transport.TransportOptions} from here.
 */
package dev.sockeye.socketio.client.transport;
