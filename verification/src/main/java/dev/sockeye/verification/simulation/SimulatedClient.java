package dev.sockeye.verification.simulation;

import dev.sockeye.verification.simulation.ClientSession.Way;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A user with one client, which reconnects after each disconnect. It implements the protocol without using Sockeye. */
final class SimulatedClient implements ClientSession.Listener {
    final int number;
    final String name;
    private final World world;
    private final Simulation simulation;
    private final Dice dice;
    private final Way way;
    private final Map<String, ClientSocket> sockets = new LinkedHashMap<>();
    private @Nullable ClientSession session;
    private @Nullable ClientSocket expectsBinary;
    private int attempts;
    private int sessions;
    private boolean leaving;

    SimulatedClient(World world, int number, Way way) {
        this.world = world;
        this.simulation = world.simulation;
        this.dice = simulation.dice.split();
        this.number = number;
        this.name = "client" + number;
        this.way = way;
        sockets.put("/", new ClientSocket(world, this, "/"));
        for (String namespace : world.namespaces()) {
            sockets.computeIfAbsent(namespace, key -> new ClientSocket(world, this, key));
        }
    }

    Map<String, ClientSocket> sockets() {
        return sockets;
    }

    @Nullable
    ClientSession session() {
        return session;
    }

    int nextAttempt() {
        return attempts++;
    }

    /** Starts a session. */
    void start() {
        if (leaving || session != null) {
            return;
        }
        Node node = world.nodeFor(dice);
        if (node == null) {
            again();
            return;
        }
        ClientSession made =
                new ClientSession(world.network, node, name + "/" + sessions++, "10.0.0." + number, way, this);
        session = made;
        simulation.trace(name, "opens " + made.name + " to " + node.name + ", " + way);
        made.start();
    }

    private void again() {
        if (!leaving) {
            simulation.after(dice.between(50_000_000, 1_500_000_000), "reconnect", this::start);
        }
    }

    @Override
    public void onOpen() {
        for (ClientSocket socket : sockets.values()) {
            if (socket.wanted()) {
                socket.connect();
            }
        }
    }

    @Override
    public void onEnd(String why) {
        session = null;
        expectsBinary = null;
        sockets.values().forEach(ClientSocket::lost);
        again();
    }

    /** Leaves permanently. */
    void leave(boolean orderly) {
        leaving = true;
        ClientSession current = session;
        if (current != null) {
            current.close(orderly);
        }
    }

    boolean leaving() {
        return leaving;
    }

    void send(Object message) {
        ClientSession current = session;
        if (current != null) {
            current.send(message);
        }
    }

    /** Tries to join again later. */
    void later(ClientSocket socket) {
        ClientSession current = session;
        simulation.after(dice.between(20_000_000, 500_000_000), "join again", () -> {
            if (session == current && current != null && current.open() && socket.wanted()) {
                socket.connect();
            }
        });
    }

    /** Acknowledges a request: immediately, later, twice, or never. */
    void answer(ClientSocket socket, int id, int question) {
        ClientSession current = session;
        int attempt = socket.attempt();
        int chance = dice.below(100);
        if (chance < 50) {
            socket.sendAck(id, question, attempt);
        } else if (chance < 85) {
            simulation.after(dice.between(0, 800_000_000), "answer", () -> {
                if (session == current) {
                    socket.sendAck(id, question, attempt);
                }
            });
        } else if (chance < 90) {
            socket.sendAck(id, question, attempt);
            socket.sendAck(id, question, attempt);
        }
    }

    @Override
    public void onMessage(Object message) {
        ClientSocket waiting = expectsBinary;
        if (message instanceof byte[] data) {
            if (waiting == null) {
                simulation.fail(name + " got an attachment without its event");
                return;
            }
            expectsBinary = null;
            if (waiting.expectsBinary()) {
                waiting.onBinary(data);
            }
            return;
        }
        String text = (String) message;
        if (waiting != null) {
            simulation.fail(name + " got " + text + " in place of an attachment");
        }
        char type = text.charAt(0);
        int at = 1;
        if (type == '5' || type == '6') {
            at = text.indexOf('-') + 1;
        }
        String namespace = "/";
        if (at < text.length() && text.charAt(at) == '/') {
            int comma = text.indexOf(',', at);
            namespace = text.substring(at, comma < 0 ? text.length() : comma);
            at = comma < 0 ? text.length() : comma + 1;
        }
        int id = -1;
        int from = at;
        while (at < text.length() && Character.isDigit(text.charAt(at))) {
            at++;
        }
        if (at > from) {
            id = Integer.parseInt(text.substring(from, at));
        }
        ClientSocket socket = sockets.get(namespace);
        if (socket == null) {
            simulation.fail(name + " got a packet of an unknown namespace: " + text);
            return;
        }
        if (type == '5') {
            expectsBinary = socket;
        }
        socket.onPacket(type, id, text.substring(at));
    }
}
