package dev.sockeye.socketio.adapter;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@code fetchSockets} tells of a socket, local or of another server. */
public interface SocketDetails {

    /** The id of the socket. */
    String id();

    /** The handshake with the official keys: {@code headers}, {@code time}, {@code address}, {@code auth} and so on. */
    Map<String, @Nullable Object> handshakeDetails();

    /** The rooms of the socket, a snapshot. */
    Set<String> rooms();

    /** The data of the application. For a local socket the live map. */
    Map<String, Object> data();
}
