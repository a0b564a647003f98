package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.client.ClientOptions;
import dev.sockeye.socketio.client.DisconnectReason;
import dev.sockeye.socketio.client.Socket;
import dev.sockeye.socketio.client.SocketIoClient;
import dev.sockeye.socketio.protocol.Arguments;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A socket of a Sockeye client, with the checks of what it receives. */
final class JavaSocket {
    /** A question to the server. It must end once. */
    private static final class Question {
        private final int number;
        private int ends;

        Question(int number) {
            this.number = number;
        }
    }

    private final JavaClient client;
    private final World world;
    private final Simulation simulation;
    private final Dice dice;
    private final String namespace;
    private final String name;
    private final List<Question> questions = new ArrayList<>();
    private Socket socket;
    private boolean wanted;
    private boolean running;
    private long lastExtra = -1;
    private @Nullable Stream stream;
    /**
     * The socket has disconnected itself and has not reconnected: packets do not say to which connection they belong, so it may still get
     * what the server sent before it handled the DISCONNECT packet, as an official client does.
     */
    private boolean left;
    /** Whether the last event of the connection that the listeners know is its begin. */
    private boolean announced;

    /** The last attempt to connect. */
    private int lastAttempt = -1;

    /** The socket has disconnected itself after this attempt. Its listeners may learn only later that the connection was lost before. */
    private int leftAfter = -1;

    /** What it got then: part of the next connection if that is recovered, otherwise of the last one. */
    private final List<Integer> between = new ArrayList<>();

    private @Nullable Member member;
    /** All events from this one on must arrive: none of them was sent over a connection that broke. */
    private int certain;

    @SuppressWarnings("NullAway.Init") // the socket is set by start
    JavaSocket(JavaClient client, String namespace) {
        this.client = client;
        this.world = client.world;
        this.simulation = client.simulation;
        this.dice = simulation.dice.split();
        this.namespace = namespace;
        this.name = client.name + namespace;
    }

    void start(SocketIoClient io, ClientOptions defaults) {
        ClientOptions options = defaults.toBuilder()
                .authSupplier(() -> {
                    int attempt = client.nextAttempt();
                    lastAttempt = attempt;
                    simulation.trace(name, "CONNECT @", attempt);
                    return Map.of("c", client.number, "n", attempt);
                })
                .build();
        socket = io.socket("http://server.test" + namespace, options, made -> {
            made.onConnect(this::onConnect);
            made.onDisconnect((reason, details) -> onDisconnect(reason));
            made.onConnectError(error -> later(made));
            made.onError(this::onError);
            made.on("m", (Arguments args, Ack ack) -> handle(() -> receive(args)));
            made.on(
                    "b",
                    (Arguments args, Ack ack) -> handle(() -> {
                        receive(args);
                        byte[] data = args.get(1, byte[].class);
                        simulation.check(
                                data != null
                                        && new String(data, StandardCharsets.US_ASCII)
                                                .equals("bytes of " + number(args)),
                                name + " got the wrong attachment for #" + number(args));
                    }));
            made.on(
                    "q",
                    (Arguments args, Ack ack) -> handle(() -> {
                        receive(args);
                        answer(ack, number(args));
                    }));
        });
        certain = world.ledger.javaBegins(client.number, namespace);
    }

    private static int number(Arguments args) {
        Integer number = args.get(0, Integer.class);
        return number == null ? -1 : number;
    }

    boolean wanted() {
        return wanted;
    }

    void want(boolean on) {
        if (wanted != on) {
            simulation.trace(name, on ? "connect()" : "disconnect()");
        }
        wanted = on;
        if (on) {
            socket.connect();
        } else {
            left = left || !announced; // events of a socket that the server still creates arrive later
            leftAfter = lastAttempt;
            socket.disconnect();
        }
    }

    private void later(Socket made) {
        if (wanted && !made.active()) {
            simulation.after(dice.between(20_000_000, 500_000_000), "join again", () -> {
                if (wanted && !client.closed() && !made.connected()) {
                    made.connect();
                }
            });
        }
    }

    // listeners

    private void handle(Runnable listener) {
        simulation.check(!running, "two listeners of " + name + " run at the same time");
        running = true;
        try {
            listener.run();
            if (world.plan.blocking && dice.permille(100)) {
                simulation.block(dice.permille(50) ? dice.between(0, 2_000_000_000) : dice.between(0, 5_000_000));
            }
        } finally {
            running = false;
        }
    }

    private void onConnect(String id, boolean recovered) {
        simulation.trace(name, recovered ? "recovered" : "connected");
        Member found = world.ledger.byId(id);
        if (found == null) {
            simulation.fail(name + " received an id that no server has assigned");
            return;
        }
        simulation.check(
                found.client == client.number && found.namespace.equals(namespace), name + " got the id of " + found);
        simulation.check(!recovered || stream == found.stream, name + " is recovered with another stream");
        simulation.check(recovered || stream != found.stream, name + " is not recovered, but has the id of before");
        stream = found.stream;
        member = found;
        announced = true;
        left = false;
        List<Integer> got = List.copyOf(between);
        between.clear();
        if (recovered) {
            got.forEach(this::count);
        }
    }

    private void onDisconnect(DisconnectReason reason) {
        simulation.trace(name, "disconnected: " + reason);
        announced = false;
        left = reason == DisconnectReason.IO_CLIENT_DISCONNECT
                || reason == DisconnectReason.IO_SERVER_DISCONNECT
                || (member != null && member.attempt <= leftAfter);
        if (!world.plan.retries) { // otherwise they are sent again
            certain = world.ledger.javaEmitted(client.number, namespace);
        }
        lastExtra = -1; // after a recovery, missed events come before the connect listener, as in the reference
        later(socket);
    }

    /** Events that wait for their acknowledgements fail when the client is closed. */
    private void onError(Throwable error) {
        boolean expected = client.closed() && world.plan.retries && error instanceof SocketDisconnectedException;
        if (!expected) {
            simulation.fail(new Failure(name + " reports " + error, error));
        }
    }

    private void receive(Arguments args) {
        int number = number(args);
        simulation.trace(name, "gets #", number);
        if (left) {
            between.add(number);
        } else {
            count(number);
        }
    }

    private void count(int number) {
        Stream current = stream;
        if (current == null) {
            simulation.fail(name + " got #" + number + " before it was connected");
            return;
        }
        String wrong = current.receive(number);
        Member now = member == null ? null : world.ledger.byId(member.id);
        if (wrong != null && world.ledger.order(number) > lastExtra && now != null) {
            Set<String> rooms = now.roomsAtStart;
            if (!rooms.isEmpty() && current.receiveExtra(world.ledger.emission(number), rooms)) {
                wrong = null;
            }
        }
        lastExtra = Math.max(lastExtra, world.ledger.order(number));
        if (wrong != null) {
            simulation.fail(wrong);
        }
    }

    private void answer(Ack ack, int question) {
        int chance = dice.below(100);
        if (chance < 50) {
            ack.send(question, client.number, -1);
        } else if (chance < 90) {
            simulation.after(dice.between(0, 800_000_000), "answer", () -> ack.send(question, client.number, -1));
        }
    }

    // sending

    void emit() {
        if (!wanted) {
            return;
        }
        boolean asks = dice.permille(400);
        String pad = "x".repeat(dice.permille(30) ? (int) dice.between(1_000, 60_000) : dice.below(30));
        int number = world.ledger.javaEmit(client.number, namespace, asks);
        if (!asks) {
            socket.emit("j", number, pad);
            return;
        }
        Question question = new Question(number);
        questions.add(question);
        Duration limit = Duration.ofMillis(dice.between(200, 3_000));
        if (dice.permille(500)) {
            socket.timeout(limit).emit("j", Arguments.of(number, pad), (error, args) -> ended(question, error, args));
        } else {
            CompletableFuture<Arguments> answer = dice.permille(500)
                    ? socket.timeout(limit).emitWithAck("j", number, pad)
                    : socket.emitWithAck("j", number, pad);
            var unused = answer.whenComplete((args, error) -> ended(question, error, args));
        }
    }

    private void ended(Question question, @Nullable Throwable error, @Nullable Arguments args) {
        question.ends++;
        simulation.check(question.ends == 1, "the question " + question.number + " of " + name + " has ended twice");
        if (error == null && args != null) {
            Object answer = args.get(0, Object.class);
            simulation.check(
                    answer instanceof Map || number(args) == question.number,
                    "the answer to " + question.number + " of " + name + " is " + args.toList());
        }
    }

    // checks

    /** Checks that all questions have ended. */
    void checkQuestions() {
        for (Question question : questions) {
            simulation.check(question.ends == 1, "the question " + question.number + " of " + name + " has not ended");
        }
    }

    void checkSettled() {
        if (!wanted) {
            return;
        }
        simulation.check(socket.connected(), name + " is not connected");
        Member now = member;
        Stream current = stream;
        if (now == null || current == null) {
            simulation.fail(name + " is connected, and its listener has not been called");
            return;
        }
        simulation.check(now.id.equals(socket.id()), name + " has another id than its listener was given");
        simulation.check(
                now.state == Member.State.CONNECTED && now.socket.connected(),
                name + " is connected, but not on the server");
        simulation.check(current.nextDue() == null, name + " has not got " + current.nextDue());
        world.ledger.checkJava(client.number, namespace, certain, name);
        checkQuestions();
    }
}
