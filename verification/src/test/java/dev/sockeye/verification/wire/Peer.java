package dev.sockeye.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Queue;

/** A client that sends raw Socket.IO packets over any transport, and returns the received ones. */
final class Peer implements AutoCloseable {

    enum Kind {
        POLLING,
        WEBSOCKET,
        UPGRADED
    }

    private final Wire.Polling polling;
    private final WireSocket socket;
    private final Queue<Object> queue = new ArrayDeque<>();
    private final String sid;

    private Peer(Wire.Polling polling, WireSocket socket, String sid) {
        this.polling = polling;
        this.socket = socket;
        this.sid = sid;
    }

    static Peer open(Wire wire, Kind kind) {
        switch (kind) {
            case POLLING -> {
                Wire.Polling polling = wire.polling();
                return new Peer(polling, null, polling.sid());
            }
            case WEBSOCKET -> {
                WireSocket socket = wire.webSocket();
                return new Peer(null, socket, Wire.sid(socket.text()));
            }
            default -> {
                Wire.Polling polling = wire.polling();
                WireSocket socket = polling.upgrade();
                socket.send("2probe");
                assertThat(socket.text()).isEqualTo("3probe");
                socket.send("5");
                return new Peer(null, socket, polling.sid());
            }
        }
    }

    /** Opens one and joins a namespace. */
    static Peer join(Wire wire, Kind kind, String namespace) {
        Peer peer = open(wire, kind);
        peer.connect(namespace);
        return peer;
    }

    static List<Peer> joinAll(Wire wire, String namespace) {
        return Arrays.stream(Kind.values())
                .map(kind -> join(wire, kind, namespace))
                .toList();
    }

    String sid() {
        return sid;
    }

    /** Joins a namespace; the socket id. */
    String connect(String namespace) {
        String prefix = namespace.equals("/") ? "0" : "0" + namespace + ",";
        send(prefix);
        String answer = text();
        assertThat(answer).startsWith(prefix + "{\"sid\"");
        return Wire.sid(answer);
    }

    /** Sends one Socket.IO packet. */
    void send(String packet) {
        if (socket != null) {
            socket.send("4" + packet);
        } else {
            assertThat(polling.post("4" + packet).statusCode()).isEqualTo(200);
        }
    }

    void send(byte[] attachment) {
        if (socket != null) {
            socket.send(attachment);
        } else {
            assertThat(polling.post("b" + Base64.getEncoder().encodeToString(attachment))
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    /** The next Socket.IO packet: a text. */
    String text() {
        Object next = next();
        assertThat(next).isInstanceOf(String.class);
        return (String) next;
    }

    /** The next attachment. */
    byte[] binary() {
        Object next = next();
        assertThat(next).isInstanceOf(byte[].class);
        return (byte[]) next;
    }

    private Object next() {
        while (queue.isEmpty()) {
            if (socket != null) {
                fromSocket();
            } else {
                for (String packet : polling.poll().split(Wire.RS, -1)) {
                    fromPoll(packet);
                }
            }
        }
        return queue.remove();
    }

    private void fromSocket() {
        WireSocket.Frame frame = socket.next();
        if (frame instanceof WireSocket.Frame.Text text && text.text().equals("2")) {
            socket.send("3");
        } else if (frame instanceof WireSocket.Frame.Text text) {
            assertThat(text.text()).startsWith("4");
            queue.add(text.text().substring(1));
        } else if (frame instanceof WireSocket.Frame.Binary binary) {
            queue.add(binary.data());
        } else {
            throw new AssertionError("the end: " + frame);
        }
    }

    private void fromPoll(String packet) {
        switch (packet.charAt(0)) {
            case '2' -> polling.post("3");
            case '4' -> queue.add(packet.substring(1));
            case 'b' -> queue.add(Base64.getDecoder().decode(packet.substring(1)));
            case '6' -> {}
            default -> throw new AssertionError("unexpected packet " + packet);
        }
    }

    @Override
    public void close() {
        if (socket != null) {
            socket.close();
        } else {
            polling.post("1");
        }
    }
}
