/**
 * What the client needs from an HTTP and WebSocket library: loops, requests, WebSockets, WebTransport, TLS and proxies. The client comes with
 * an implementation on Netty; another library needs a {@link dev.sockeye.socketio.client.transport.ClientTransport} and nothing
 * else. Applications use {@link dev.sockeye.socketio.client.transport.TransportName}, {@link
 * dev.sockeye.socketio.client.transport.ProxyOptions}, {@link dev.sockeye.socketio.client.transport.TlsOptions} and {@link
 * dev.sockeye.socketio.client.transport.TransportOptions} from here.
 */
package dev.sockeye.socketio.client.transport;
