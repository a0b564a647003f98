/**
 * The client's transport on Netty. {@link dev.sockeye.socketio.client.netty.NettyClientTransport} is for applications that share
 * event loops with Netty or configure its TLS; others do not need this package.
 */
package dev.sockeye.socketio.client.netty;
