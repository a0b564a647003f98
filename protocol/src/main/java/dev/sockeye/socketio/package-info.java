/**
 * The API that is shared by server and client: events and requests with types, handlers, acknowledgements,
 * registrations and exceptions. The sockets of both sides implement {@link dev.sockeye.socketio.EventReceiver} and
 * {@link dev.sockeye.socketio.EventSender}.
 */
package dev.sockeye.socketio;
