package dev.sockeye.verification.simulation;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client side of an Engine.IO session: over WebSocket, polling, or polling followed by an upgrade to WebSocket. */
final class ClientSession {

    /** The user of the session. */
    interface Listener {
        void onOpen();

        /** A message was received: a text or bytes. */
        void onMessage(Object message);

        /** The session has ended. Called once. */
        void onEnd(String why);
    }

    /** The transports of the session. */
    enum Way {
        WEBSOCKET,
        POLLING,
        UPGRADE
    }

    final Simulation simulation;
    final Node node;
    final String name;
    final String address;
    private final Network network;
    private final Listener listener;
    private final Way way;
    private final List<Object> outbox = new ArrayList<>();
    private @Nullable ClientWebSocket webSocket;
    private @Nullable ClientWebSocket candidate;
    private @Nullable ClientPolling polling;
    private String sid = "";
    private long patience;
    private long heard;
    private boolean open;
    private boolean ended;

    ClientSession(Network network, Node node, String name, String address, Way way, Listener listener) {
        this.network = network;
        this.simulation = node.simulation;
        this.node = node;
        this.name = name;
        this.address = address;
        this.way = way;
        this.listener = listener;
    }

    void start() {
        if (way == Way.WEBSOCKET) {
            webSocket = new ClientWebSocket(this, "");
            webSocket.open();
        } else {
            polling = new ClientPolling(this);
            polling.get();
        }
        // aborts a handshake that gets no response
        simulation.after(8_000_000_000L, "client handshake", () -> {
            if (!open) {
                end("no handshake", false);
            }
        });
    }

    Network network() {
        return network;
    }

    boolean open() {
        return open && !ended;
    }

    boolean ended() {
        return ended;
    }

    String sid() {
        return sid;
    }

    /** The connection that currently carries messages, for faults. */
    @Nullable
    Connection connection() {
        ClientWebSocket socket = webSocket != null ? webSocket : candidate;
        if (socket != null) {
            return socket.connection();
        }
        return polling == null ? null : polling.connection();
    }

    /** Sends a message: a text, or bytes. */
    void send(Object message) {
        if (open && !ended) {
            outbox.add(message instanceof String text ? "4" + text : message);
            flush();
        }
    }

    private void packet(String packet) {
        outbox.add(packet);
        flush();
    }

    void flush() {
        if (webSocket != null && webSocket.writable()) {
            outbox.forEach(webSocket::send);
            outbox.clear();
        } else if (polling != null && !outbox.isEmpty() && polling.post(outbox)) {
            outbox.clear();
        }
    }

    /** A packet was received. */
    void onPacket(Object packet) {
        if (ended) {
            return;
        }
        heard = simulation.now();
        if (packet instanceof byte[]) {
            listener.onMessage(packet);
            return;
        }
        String text = (String) packet;
        switch (text.charAt(0)) {
            case '0' -> onOpen(text);
            case '1' -> end("closed by the server", true);
            case '2' -> packet("3");
            case '4' -> {
                if (!open) {
                    simulation.fail(name + " got a message before the handshake: " + text);
                }
                listener.onMessage(text.substring(1));
            }
            case 'b' ->
                listener.onMessage(
                        java.util.Base64.getDecoder().decode(text.substring(1).getBytes(StandardCharsets.US_ASCII)));
            case '6' -> {}
            default -> simulation.fail(name + " got a strange packet: " + text);
        }
    }

    private void onOpen(String text) {
        simulation.check(!open, name + " got two handshakes");
        sid = field(text, "sid");
        patience = (Long.parseLong(number(text, "pingInterval")) + Long.parseLong(number(text, "pingTimeout")))
                * 1_000_000;
        open = true;
        watch();
        listener.onOpen();
        if (way == Way.UPGRADE && !ended) {
            simulation.after(simulation.dice.between(0, 100_000_000), "upgrade", () -> {
                if (!ended) {
                    candidate = new ClientWebSocket(this, sid);
                    candidate.open();
                }
            });
        }
    }

    /** The value of a string field of a JSON object. */
    static String field(String json, String key) {
        int at = json.indexOf("\"" + key + "\":\"");
        return at < 0 ? "" : json.substring(at + key.length() + 4, json.indexOf('"', at + key.length() + 4));
    }

    private static String number(String json, String key) {
        int from = json.indexOf("\"" + key + "\":") + key.length() + 3;
        int to = from;
        while (Character.isDigit(json.charAt(to))) {
            to++;
        }
        return json.substring(from, to);
    }

    private void watch() {
        simulation.at(heard + patience, "client heartbeat", () -> {
            if (!ended) {
                if (simulation.now() - heard >= patience) {
                    end("ping timeout", false);
                } else {
                    watch();
                }
            }
        });
    }

    // upgrade

    /** The probe was answered: polling has to pause. */
    void onProbed() {
        if (ended || polling == null) {
            return;
        }
        polling.rest(() -> {
            ClientWebSocket better = candidate;
            if (ended || better == null) {
                return;
            }
            simulation.trace(name, "upgrades");
            better.send("5");
            better.carries();
            webSocket = better;
            candidate = null;
            polling = null;
            flush();
        });
    }

    void onWebSocketLost(ClientWebSocket lost, String why) {
        if (lost == candidate) {
            candidate = null;
            simulation.trace(name, "does not upgrade: " + why);
            if (polling != null) {
                polling.resume();
                flush();
            }
        } else if (lost == webSocket) {
            end(why, false);
        }
    }

    void onPollingLost(String why) {
        end(why, false);
    }

    /** Disconnects, with or without closing properly. */
    void close(boolean orderly) {
        if (!ended && orderly) {
            if (webSocket != null) {
                end("closed by the client", true);
            } else if (polling != null) {
                if (open) {
                    outbox.add("1");
                    flush();
                }
                end("closed by the client", true);
            }
        } else {
            end("gone", false);
        }
    }

    private void end(String why, boolean orderly) {
        if (ended) {
            return;
        }
        ended = true;
        simulation.trace(name, "session ends: " + why);
        if (webSocket != null) {
            webSocket.close(orderly);
        }
        if (candidate != null) {
            candidate.close(orderly);
        }
        if (polling != null) {
            polling.close(orderly);
        }
        listener.onEnd(why);
    }
}
