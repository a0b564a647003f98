/**
 * What the client runs on, without a network library: the loop, HTTP requests and WebSockets. Internal; the package is not
 * exported.
 */
package dev.sockeye.socketio.client.engine;
