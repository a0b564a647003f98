package dev.sockeye.socketio.adapter;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The data of a socket, of this or another server, as returned by {@code fetchSockets}. */
public interface SocketDetails {

    /** The id of the socket. */
    String id();

    /** The handshake with the official keys: {@code headers}, {@code time}, {@code address}, {@code auth} and so on. */
    Map<String, @Nullable Object> handshakeDetails();

    /** A snapshot of the rooms of the socket. */
    Set<String> rooms();

    /** The data of the application; for a local socket, the live map. */
    Map<String, Object> data();
}
