/** The default host: HTTP/1.1 and WebSocket on Netty. */
package dev.sockeye.netty;
