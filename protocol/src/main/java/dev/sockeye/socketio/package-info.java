/**
 * What the server and the client have in common: events and requests with types, handlers, acknowledgements, registrations and
 * exceptions. The sockets of both sides implement {@link dev.sockeye.socketio.EventReceiver} and {@link
 * dev.sockeye.socketio.EventSender}.
 */
package dev.sockeye.socketio;
