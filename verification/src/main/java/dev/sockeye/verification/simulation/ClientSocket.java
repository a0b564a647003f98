package dev.sockeye.verification.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The client side of a socket, across its connections. */
final class ClientSocket {
    private final World world;
    private final Simulation simulation;
    private final SimulatedClient client;
    final String namespace;
    private final String name;
    private final Map<Integer, Integer> waiting = new HashMap<>();
    private boolean connecting;
    private boolean connected;
    private boolean wanted;
    private boolean early;
    /** Whether the socket has left in this session before: packets received before CONNECT were sent to the previous socket. */
    private boolean stale;

    private int firstId;
    private int attempt;
    private int sent;
    private int nextId;
    private long lastExtra = -1;
    private String pid = "";
    private String offset = "";
    private @Nullable Stream stream;
    private @Nullable Member member;
    /** The event whose attachment is received next; -1 for none. */
    private int binary = -1;

    ClientSocket(World world, SimulatedClient client, String namespace) {
        this.world = world;
        this.simulation = world.simulation;
        this.client = client;
        this.namespace = namespace;
        this.name = client.name + (namespace.equals("/") ? "" : namespace);
    }

    boolean connected() {
        return connected;
    }

    boolean wanted() {
        return wanted;
    }

    @Nullable
    Stream stream() {
        return connected ? stream : null;
    }

    @Nullable
    Member member() {
        return connected ? member : null;
    }

    int sent() {
        return sent;
    }

    int waitingForAcks() {
        return waiting.size();
    }

    void want(boolean on) {
        wanted = on;
    }

    private String prefix() {
        return namespace.equals("/") ? "" : namespace + ",";
    }

    /** Requests to join; the session must be open. */
    void connect() {
        if (connecting || connected) {
            return;
        }
        wanted = true;
        connecting = true;
        early = false;
        lastExtra = -1;
        firstId = nextId;
        attempt = client.nextAttempt();
        sent = 0;
        String recovery = pid.isEmpty()
                ? ""
                : ",\"pid\":\"" + pid + "\"" + (offset.isEmpty() ? "" : ",\"offset\":\"" + offset + "\"");
        simulation.trace(name, "CONNECT @" + attempt + (pid.isEmpty() ? "" : " with a session"));
        client.send("0" + prefix() + "{\"c\":" + client.number + ",\"n\":" + attempt + recovery + "}");
    }

    void disconnect() {
        wanted = false;
        if (connecting) {
            return; // leaves after it has joined
        }
        if (connected) {
            simulation.trace(name, "DISCONNECT");
            client.send("1" + prefix());
            left();
            stale = true;
        }
        pid = "";
        offset = "";
    }

    /** The session has ended. */
    void lost() {
        left();
        stale = false;
    }

    private void left() {
        connected = false;
        connecting = false;
        binary = -1;
        waiting.clear();
    }

    /** Sends an event. */
    void emit(boolean ask, int pad) {
        if (!connected) {
            return;
        }
        int number = sent++;
        String id = "";
        if (ask) {
            int ackId = nextId++;
            waiting.put(ackId, number);
            id = Integer.toString(ackId);
        }
        client.send("2" + prefix() + id + "[\"c\"," + attempt + "," + number + ",\"" + "x".repeat(pad) + "\"]");
    }

    // receiving

    void onPacket(char type, int id, String content) {
        switch (type) {
            case '0' -> onConnect(content);
            case '1' -> {
                if (connecting && stale) {
                    return;
                }
                simulation.trace(name, "is disconnected by the server");
                left();
                stale = true;
                pid = "";
                offset = "";
                client.later(this);
            }
            case '2' -> onEvent(id, content);
            case '3' -> onAck(id, content);
            case '4' -> {
                simulation.trace(name, "CONNECT_ERROR " + content);
                simulation.check(connecting, name + " is refused without having asked");
                connecting = false;
                client.later(this);
            }
            case '5' -> {
                onEvent(id, content);
                binary = number(content);
            }
            default -> simulation.fail(name + " got a packet of type " + type);
        }
    }

    private void onConnect(String content) {
        simulation.check(connecting, name + " got CONNECT without having asked");
        String sid = ClientSession.field(content, "sid");
        String newPid = ClientSession.field(content, "pid");
        Member found = world.ledger.byId(sid);
        if (found == null) {
            simulation.fail(name + " received an id that no server has assigned");
            return;
        }
        simulation.check(
                found.client == client.number && found.attempt == attempt,
                name + " @" + attempt + " got the id of " + found);
        boolean recovered = !pid.isEmpty() && pid.equals(newPid);
        simulation.trace(name, recovered ? "connected again" : "connected");
        simulation.check(recovered || !early, name + " got events before CONNECT and is not recovered");
        simulation.check(recovered == found.socket.recovered(), name + " is recovered on one side only: " + recovered);
        simulation.check(!recovered || stream == found.stream, name + " goes on with another stream");
        stream = found.stream;
        member = found;
        if (!recovered) {
            offset = "";
        }
        pid = newPid;
        connecting = false;
        connected = true;
        if (!wanted) {
            disconnect();
        }
    }

    private static int number(String content) {
        int from = content.indexOf(',') + 1;
        int to = from;
        while (Character.isDigit(content.charAt(to))) {
            to++;
        }
        return Integer.parseInt(content.substring(from, to));
    }

    private void onEvent(int id, String content) {
        if (!connected && !connecting) {
            return; // already on the way when this side left
        }
        Stream current = stream;
        if (!connected) {
            if (stale && pid.isEmpty()) {
                return;
            }
            early = true;
            simulation.check(!pid.isEmpty() && current != null, name + " got an event before CONNECT: " + content);
        }
        if (current == null) {
            return;
        }
        int number = number(content);
        simulation.trace(name, "gets #", number);
        String wrong = current.receive(number);
        if (wrong != null && !connected && world.ledger.order(number) > lastExtra) {
            Member former = member == null ? null : world.ledger.byId(member.id);
            Set<String> rooms = former == null ? Set.of() : former.roomsAtStart;
            if (current.receiveExtra(world.ledger.emission(number), rooms)) {
                wrong = null;
            }
        }
        lastExtra = Math.max(lastExtra, world.ledger.order(number));
        if (wrong != null) {
            simulation.fail(wrong);
        }
        int quote = content.lastIndexOf('"');
        int before = content.lastIndexOf('"', quote - 1);
        if (id < 0 && quote > 0 && before > 0 && content.indexOf('.', before) > 0) {
            offset = content.substring(before + 1, quote);
        }
        if (id >= 0) {
            client.answer(this, id, number);
        }
    }

    int attempt() {
        return attempt;
    }

    void sendAck(int id, int number, int of) {
        if (connected) {
            client.send("3" + prefix() + id + "[" + number + "," + client.number + "," + of + "]");
        }
    }

    boolean expectsBinary() {
        return binary >= 0;
    }

    void onBinary(byte[] data) {
        simulation.check(
                new String(data, java.nio.charset.StandardCharsets.US_ASCII).equals("bytes of " + binary),
                name + " got the wrong attachment for #" + binary);
        binary = -1;
    }

    private void onAck(int id, String content) {
        if (!connected) {
            return;
        }
        Integer number = waiting.remove(id);
        if (number == null && id < firstId) {
            return;
        }
        if (number == null) {
            simulation.fail(name + " got an acknowledgement that it does not wait for: " + id + " " + content);
        } else if (!content.contains("error")) {
            simulation.check(content.equals("[" + number + "]"), name + " got the wrong answer: " + content);
        }
    }
}
