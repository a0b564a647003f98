package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.Ack;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.Namespace;
import dev.sockeye.socketio.server.Next;
import dev.sockeye.socketio.server.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The application on one server: handlers that emit, join, block and throw. */
final class Application {
    static final List<String> ROOMS = List.of("red", "green", "blue");

    private final World world;
    private final Simulation simulation;
    private final Ledger ledger;
    private final Node node;
    private final Plan plan;
    private final Dice dice;
    private final Set<String> handling = new HashSet<>();

    Application(World world, Node node) {
        this.world = world;
        this.simulation = world.simulation;
        this.ledger = world.ledger;
        this.node = node;
        this.plan = world.plan;
        this.dice = simulation.dice.split();
        attach(node.io.sockets());
        attach(node.io.of("/chat"));
        attachServerSide(node.io.sockets());
        attachServerSide(node.io.of("/chat"));
        if (plan.dynamic) {
            attach(node.io.of(Pattern.compile("^/dyn-")));
        }
    }

    private void attach(Namespace namespace) {
        namespace.use(this::middleware);
        namespace.onConnection(this::connected);
    }

    private void attachServerSide(Namespace namespace) {
        namespace.onServerSideEvent("s", (args, ack) -> {
            checkAlive();
            int number = number(args, 0);
            simulation.trace(node.name, "handles server-side event ", number);
            world.serverSide.handled(node, namespace.name(), number);
            pause();
            if (dice.permille(100)) {
                emitServerSide(namespace.name());
            }
            if (plan.throwing && dice.permille(50)) {
                throw new Fault();
            }
            ack.send(number, node.id);
        });
    }

    /** Sends an event to the other servers. */
    private void emitServerSide(String namespace) {
        if (plan.nodes == 1 || node.leaving()) {
            return;
        }
        int number = world.serverSide.call(node, namespace);
        simulation.trace(node.name, "sends server-side event ", number);
        Namespace to = node.io.of(namespace);
        if (!dice.permille(300)) {
            to.serverSideEmit("s", number);
            return;
        }
        CompletableFuture<List<Arguments>> answers = to.serverSideEmitWithAck("s", number);
        ledger.asked(node, number, "a question to the other servers", answers);
        world.serverSide.asked(number, answers);
        long asked = simulation.now();
        var unused = answers.whenComplete((all, error) -> {
            if (!node.dead() && !node.leaving() && !simulation.over()) {
                boolean steady = world.broker.steady(asked, namespace);
                world.serverSide.answered(
                        node, number, all, error, steady ? world.nodes().size() - 1 : -1);
            }
        });
    }

    /** Handlers of a process that was killed must not do anything. */
    private void checkAlive() {
        if (node.dead()) {
            throw new Fault();
        }
    }

    private void middleware(Socket socket, Next next) {
        checkAlive();
        Map<String, @Nullable Object> auth = socket.handshake().auth();
        int client = auth.get("c") instanceof Number number ? number.intValue() : -1;
        int attempt = auth.get("n") instanceof Number number ? number.intValue() : -1;
        Member member = new Member(node, socket, client, attempt);
        ledger.joining(member);
        socket.data().put("member", member.toString());
        simulation.trace(node.name, "middleware of " + member);
        pause();
        if (dice.permille(100)) {
            ledger.join(member, dice.choose(ROOMS));
        }
        if (dice.permille(50)) {
            next.fail("not today");
        } else if (dice.permille(200)) {
            simulation.after(dice.between(0, 300_000_000), "middleware", () -> {
                if (!node.dead()) {
                    next.next();
                }
            });
        } else {
            next.next();
        }
    }

    private void connected(Socket socket) {
        checkAlive();
        Member member = ledger.byId(socket.id());
        if (member == null || (member.socket != socket && !socket.recovered())) {
            simulation.fail("a socket is connected that was in no middleware");
            return;
        }
        if (member.socket != socket) {
            // recovered: it has not passed a middleware
            Map<String, @Nullable Object> auth = socket.handshake().auth();
            member = new Member(
                    node,
                    socket,
                    auth.get("c") instanceof Number number ? number.intValue() : -1,
                    auth.get("n") instanceof Number number ? number.intValue() : -1);
            ledger.joining(member);
        }
        Member it = member;
        ledger.connected(it);
        simulation.trace(node.name, (socket.recovered() ? "recovered " : "connection of ") + it);
        socket.on("c", (Arguments args, Ack ack) -> onEvent(it, args, ack));
        socket.on("j", (Arguments args, Ack ack) -> onJavaEvent(it, args, ack));
        socket.onDisconnecting((reason, description) -> {
            checkAlive();
            ledger.disconnecting(it);
            pause();
        });
        socket.onDisconnect((reason, description) -> {
            checkAlive();
            simulation.trace(node.name, "disconnect of " + it + ": " + reason);
            ledger.disconnected(it, plan.recovery && recoverable(reason.text()));
        });
        enter(it);
        try {
            act(it);
            pause();
        } finally {
            exit(it);
        }
    }

    /** As in the reference. */
    private static boolean recoverable(String reason) {
        return switch (reason) {
            case "transport error",
                    "transport close",
                    "forced close",
                    "ping timeout",
                    "server shutting down",
                    "forced server close",
                    "outbound buffer overflow" -> true;
            default -> false;
        };
    }

    Node node() {
        return node;
    }

    private static int number(Arguments args, int index) {
        Integer number = args.get(index, Integer.class);
        return number == null ? -1 : number;
    }

    private void enter(Member member) {
        if (!handling.add(member.socket.conn().id())) {
            simulation.fail("two handlers of " + member + " run at the same time");
        }
    }

    private void exit(Member member) {
        handling.remove(member.socket.conn().id());
    }

    private void onEvent(Member member, Arguments args, Ack ack) {
        checkAlive();
        int attempt = number(args, 0);
        int number = number(args, 1);
        simulation.trace(member.toString(), "sends event ", number);
        if (member.state != Member.State.CONNECTED) {
            simulation.fail("an event for " + member + " in state " + member.state);
        }
        if (attempt != member.attempt || number != member.nextFromClient) {
            simulation.fail(
                    member + " got event " + number + " of @" + attempt + " in place of " + member.nextFromClient);
        }
        member.nextFromClient++;
        handle(member, number, ack);
    }

    private void onJavaEvent(Member member, Arguments args, Ack ack) {
        checkAlive();
        int number = number(args, 0);
        simulation.trace(member.toString(), "sends event ", number);
        if (member.state != Member.State.CONNECTED) {
            simulation.fail("an event for " + member + " in state " + member.state);
        }
        ledger.javaReceived(member, number);
        handle(member, number, ack);
    }

    private void handle(Member member, int number, Ack ack) {
        enter(member);
        try {
            pause();
            if (dice.permille(300)) {
                act(member);
            }
            if (plan.throwing && dice.permille(100)) {
                throw new Fault();
            }
            if (dice.permille(200)) {
                simulation.after(dice.between(0, 500_000_000), "ack", () -> {
                    if (!node.dead()) {
                        ack.send(number);
                    }
                });
            } else {
                ack.send(number);
                if (dice.permille(50)) {
                    ack.send(number); // the second one is not sent
                }
            }
        } finally {
            exit(member);
        }
    }

    /** Simulates a handler that takes some time. */
    private void pause() {
        if (plan.blocking && simulation.actor() != null && dice.permille(300)) {
            simulation.block(dice.permille(50) ? dice.between(0, 2_000_000_000) : dice.between(0, 5_000_000));
            checkAlive();
        }
    }

    /** Performs a random action, as a handler of this socket. */
    private void act(Member member) {
        switch (dice.below(9)) {
            case 0, 1 -> ledger.join(member, dice.choose(ROOMS));
            case 2 -> ledger.leave(member, dice.choose(ROOMS));
            case 3 -> emitTo(member);
            case 4 -> broadcast(member.namespace, member);
            case 5 -> ask(member);
            case 6 -> {
                for (int i = dice.below(20); i >= 0; i--) {
                    emitTo(member);
                }
            }
            case 7 -> {
                if (dice.permille(150)) {
                    simulation.trace(node.name, "disconnects " + member);
                    member.socket.disconnect(dice.permille(500));
                }
            }
            default -> broadcast(member.namespace, null);
        }
    }

    private static String pad(Dice dice) {
        return "x".repeat(dice.permille(40) ? (int) dice.between(1_000, 40_000) : dice.below(20));
    }

    private static Target only(Member member) {
        return new Target(Set.of(member.id), Set.of(), false);
    }

    private void emitTo(Member member) {
        if (!member.socket.connected()) {
            return;
        }
        boolean lossy = dice.permille(100);
        Emission emission = ledger.emission(member.namespace, only(member), lossy, false);
        simulation.trace(member.toString(), lossy ? "is sent, volatile, #" : "is sent #", emission.number());
        world.broker.sending(
                node, true, new SimulatedBroker.Emitted(ledger, emission), () -> send(member, emission, lossy));
    }

    private void send(Member member, Emission emission, boolean lossy) {
        if (lossy) {
            member.socket.asVolatile().emit("m", emission.number(), pad(dice));
        } else if (dice.permille(100)) {
            member.socket.emit(
                    "b", emission.number(), ("bytes of " + emission.number()).getBytes(StandardCharsets.US_ASCII));
        } else {
            member.socket.emit("m", emission.number(), pad(dice));
        }
    }

    private void ask(Member member) {
        if (!member.socket.connected()) {
            return;
        }
        Emission emission = ledger.emission(member.namespace, only(member), false, true);
        simulation.trace(node.name, "asks " + emission + " of " + member);
        ledger.emitted(node, emission);
        CompletableFuture<Arguments> answer = member.socket
                .timeout(Duration.ofMillis(dice.between(200, 2_000)))
                .emitWithAck("q", emission.number());
        ledger.asked(node, emission.number(), "a question to " + member, answer);
        var unused = answer.whenComplete((args, error) -> {
            simulation.trace(
                    node.name,
                    "answer to #" + emission.number() + ": "
                            + (error == null ? "yes" : error.getClass().getSimpleName()));
            if (error == null && number(args, 0) != emission.number()) {
                simulation.fail("the answer to #" + emission.number() + " is " + args.toList());
            }
        });
        if (plan.threads == Plan.UNLIMITED && simulation.actor() != null && dice.permille(300)) {
            simulation.await(answer);
        }
    }

    private Target target(String namespace) {
        return Target.random(dice, ledger.connected(node, namespace), plan.nodes > 1);
    }

    /** Sends to some rooms or to all clients. */
    void broadcast(String namespace, @Nullable Member except) {
        Target target = target(namespace);
        if (except != null) {
            target = target.without(except.id);
        }
        boolean asks = dice.permille(150);
        boolean lossy = !asks && dice.permille(100);
        Emission emission = ledger.emission(namespace, target, lossy, asks);
        simulation.trace(node.name, "broadcasts " + emission);
        BroadcastOperator to = target.of(node.io.of(namespace));
        if (target.local()) {
            ledger.emitted(node, emission);
            send(emission, to);
        } else {
            SimulatedBroker.Meaning meaning = new SimulatedBroker.Emitted(ledger, emission);
            world.broker.sending(node, !asks, meaning, () -> send(emission, to));
        }
    }

    private void send(Emission emission, BroadcastOperator to) {
        if (emission.asks()) {
            long asked = simulation.now();
            var answers =
                    to.timeout(Duration.ofMillis(dice.between(200, 2_000))).emitWithAck("q", emission.number());
            ledger.asked(node, emission.number(), "a question to many", answers);
            var unused = answers.whenComplete((all, error) -> {
                if (!node.dead() && !node.leaving() && !simulation.over()) {
                    boolean steady = emission.local() || world.broker.steady(asked, emission.namespace());
                    ledger.answers.check(node, emission, all, error, steady);
                }
            });
        } else if (emission.lossy()) {
            to.asVolatile().emit("m", emission.number(), pad(dice));
        } else {
            to.emit("m", emission.number(), pad(dice));
        }
    }

    /** Performs a random action outside of all handlers. */
    void actFromOutside() {
        String namespace = dice.choose(world.liveNamespaces(node));
        List<Member> members = ledger.connected(node, namespace);
        switch (dice.below(11)) {
            case 10 -> world.fetches.fetch(node, namespace, target(namespace), dice);
            case 8, 9 -> {
                for (int i = dice.below(5); i >= 0; i--) {
                    emitServerSide(dice.permille(500) ? "/" : "/chat");
                }
            }
            case 0, 1, 2 -> broadcast(namespace, null);
            case 3 -> moveAll(namespace, true);
            case 4 -> moveAll(namespace, false);
            case 5 -> {
                if (!members.isEmpty()) {
                    emitTo(dice.choose(members));
                }
            }
            case 6 -> {
                if (!members.isEmpty()) {
                    ask(dice.choose(members));
                }
            }
            default -> {
                if (dice.permille(200)) {
                    String room = dice.choose(ROOMS);
                    simulation.trace(node.name, "disconnects all in " + room);
                    node.io.of(namespace).in(room).disconnectSockets(dice.permille(500));
                }
            }
        }
    }

    private void moveAll(String namespace, boolean join) {
        Target from = target(namespace);
        if (from.rooms().isEmpty()) { // otherwise all sockets would be in all rooms
            from = new Target(Set.of(dice.choose(ROOMS)), from.except(), from.local());
        }
        String to = dice.choose(ROOMS);
        simulation.trace(node.name, from + (join ? " join " : " leave ") + to);
        Target moved = from;
        SimulatedBroker.Meaning meaning = at -> ledger.moveAll(at, namespace, moved, to, join);
        BroadcastOperator sockets = from.of(node.io.of(namespace));
        Runnable move = () -> {
            if (join) {
                sockets.socketsJoin(to);
            } else {
                sockets.socketsLeave(to);
            }
        };
        if (from.local()) {
            meaning.at(node);
            move.run();
        } else {
            world.broker.sending(node, true, meaning, move);
        }
    }
}
