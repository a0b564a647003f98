package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.Arguments;

/**
 * An event that waits to be sent.
 *
 * @param name the event name
 * @param args the arguments
 * @param awaitsAck whether an acknowledgement is expected
 */
public record BufferedEvent(String name, Arguments args, boolean awaitsAck) {}
