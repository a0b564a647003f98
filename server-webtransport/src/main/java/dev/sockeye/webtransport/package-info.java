/** WebTransport over HTTP/3, found by the Netty host. */
package dev.sockeye.webtransport;
