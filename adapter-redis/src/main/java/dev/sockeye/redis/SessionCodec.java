package dev.sockeye.redis;

import dev.sockeye.socketio.adapter.Session;
import dev.sockeye.socketio.adapter.cluster.ClusterDocuments;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.Msgpack;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Encodes sessions in the format of Node.js servers, with an additional field that they ignore: the holder. It is the
 * first field, so that a Redis script finds it at a fixed position: its name in the characters 5 to 12, name and value
 * in 5 to 36.
 */
final class SessionCodec {
    /**
     * The field with the id of the server that holds the session. The name has eight characters, so that the position
     * is fixed.
     */
    private static final String HOLDER = "holderid";

    /** The holder of a session whose client is disconnected. */
    static final String NOBODY = "0".repeat(16);

    /** The characters 5 to 12 of a session with a holder. */
    static final String HELD = "b2xkZXJp";

    /** The first character of the holder of a session that a server is taking: 12 characters of that server's id and a number follow. */
    private static final char TAKING = 'T';

    /** The number of characters of the server's id in the holder of a session that it is taking. */
    private static final int TAKER = 12;

    /** The characters 13 to 16 of a session that a server is taking. */
    static final String TAKEN = Base64.getEncoder().encodeToString(new byte[] {'d', (byte) 0xb0, TAKING});

    /** A session with its holder, which is {@code null} if it was written by a Node.js server. */
    record Kept(Session session, @Nullable String holder) {

        /** Whether another server may have a client of this session. */
        boolean heldByAnotherThan(String uid) {
            return holder != null
                    && !holder.equals(NOBODY)
                    && !holder.equals(uid)
                    && !holder.startsWith(String.valueOf(TAKING)); // no other server has a client: it was killed before
        }
    }

    private SessionCodec() {}

    /** @param holder 16 characters */
    static byte[] encode(Session session, String holder) {
        Map<String, @Nullable Object> document = new LinkedHashMap<>(8);
        document.put(HOLDER, holder);
        document.put("sid", session.sid());
        document.put("pid", session.pid());
        document.put("rooms", session.rooms());
        document.put("data", ClusterDocuments.encodable(session.data()));
        if (session.startOffset() != null) {
            document.put("startOffset", session.startOffset());
        }
        return Base64.getEncoder().encode(Msgpack.encode(document));
    }

    /**
     * The holder of a session that a server is taking.
     *
     * @param number distinguishes the times that it takes one, modulo 1,000
     */
    static String taking(String uid, int number) {
        String part = (uid + "0".repeat(TAKER)).substring(1, 1 + TAKER); // always as long
        return TAKING
                + part
                + String.valueOf(1_000 + Math.floorMod(number, 1_000)).substring(1);
    }

    /** The characters 5 to 32 of a session that this server is taking, whichever the number. */
    static byte[] takingMark(String uid) {
        return Arrays.copyOf(mark(taking(uid, 0)), 28);
    }

    /** The characters 5 to 36 of a session that this server holds. */
    static byte[] mark(String holder) {
        byte[] document = Msgpack.encode(Map.of(HOLDER, holder));
        return Arrays.copyOfRange(Base64.getEncoder().encode(document), 4, 36);
    }

    /** Decodes a session; {@code null} if there is none. */
    @SuppressWarnings("unchecked") // decoders only create maps with string keys
    static @Nullable Kept decode(byte[] text) {
        try {
            if (Msgpack.decode(Base64.getDecoder().decode(text)) instanceof Map<?, ?> map
                    && map.get("sid") instanceof String sid
                    && map.get("pid") instanceof String pid) {
                Map<String, Object> data =
                        map.get("data") instanceof Map<?, ?> given ? (Map<String, Object>) given : Map.of();
                String start = map.get("startOffset") instanceof String given ? given : null;
                return new Kept(
                        new Session(sid, pid, ClusterDocuments.names(map.get("rooms")), data, start),
                        map.get(HOLDER) instanceof String holder ? holder : null);
            }
        } catch (DecodeException | IllegalArgumentException e) {
            // not written by a server of the cluster
        }
        return null;
    }
}
