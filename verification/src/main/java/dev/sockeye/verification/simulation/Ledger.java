package dev.sockeye.verification.simulation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The expected state, to compare with the actual state: who is connected, in which rooms, and what each client must receive. */
final class Ledger {

    /** A request to clients that must complete. */
    private record Question(Node node, int number, String what, CompletableFuture<?> answer) {}

    /** After this time without a change the stored rooms of a session are the last ones. */
    private static final long STORED = 1_000_000_000;

    private final Simulation simulation;
    /** Whether the servers share a log. */
    private final boolean logged;
    /** Whether Sockeye clients repeat their events. */
    private final boolean retries;
    /** The position of each emission in the log. */
    private final Map<Integer, Long> positions = new HashMap<>();

    private int recoveredElsewhere;
    private final List<Emission> emissions = new ArrayList<>();
    private final Map<String, Member> byId = new HashMap<>();
    private final List<Member> members = new ArrayList<>();
    /** Sockets whose clients may reconnect, by id. */
    private final Map<String, Member> absent = new LinkedHashMap<>();

    private final Map<String, JavaEvents> javaEvents = new HashMap<>();

    private final List<Question> questions = new ArrayList<>();
    final BroadcastAnswers answers;

    Ledger(Simulation simulation, Plan plan) {
        this.simulation = simulation;
        this.answers = new BroadcastAnswers(simulation);
        this.logged = plan.logged;
        this.retries = plan.retries;
    }

    List<Member> members() {
        return members;
    }

    List<Member> connected(Node node, String namespace) {
        return members.stream()
                .filter(member -> member.node == node
                        && member.namespace.equals(namespace)
                        && member.state == Member.State.CONNECTED
                        && member.socket.connected())
                .toList();
    }

    @Nullable
    Member byId(String id) {
        return byId.get(id);
    }

    /** The server of a socket learns that its client has moved to another server. */
    void moved(String id) {
        Member member = byId.get(id);
        if (member != null) {
            member.moved = simulation.now();
            member.movedAfterStop = member.node.stoodStill();
        }
    }

    Emission emission(int number) {
        return emissions.get(number);
    }

    // sockets

    void joining(Member member) {
        Member before = byId.put(member.id, member);
        members.add(member);
        if (member.socket.recovered()) {
            member.former = before;
            simulation.check(before != null, "a socket is recovered that did not exist: " + member);
            if (before != null && logged) {
                recover(before, member);
            } else if (before != null) {
                simulation.check(
                        before.state == Member.State.GONE || before.state == Member.State.PENDING,
                        "a socket is recovered while it is connected: " + before + ", " + before.state);
                simulation.check(
                        before.client == member.client && before.namespace.equals(member.namespace),
                        "the socket of " + before + " is given to " + member);
                member.stream = before.stream;
                member.rooms.addAll(before.rooms);
                member.roomsAtStart.addAll(before.rooms);
            }
        } else {
            simulation.check(before == null, "an id is given twice: " + member + " and " + before);
        }
    }

    /** The client of a socket has recovered, on the same or another server of a cluster. */
    private void recover(Member before, Member member) {
        boolean ended = before.state == Member.State.GONE || before.state == Member.State.PENDING;
        boolean lost = before.node.dead() || before.node.stoodStill();
        simulation.check(
                ended || lost || !before.socket.connected(),
                "a socket is recovered while it is connected: " + before + ", " + before.state);
        simulation.check(
                before.client == member.client && before.namespace.equals(member.namespace),
                "the socket of " + before + " is given to " + member);
        Set<String> rooms = member.socket.rooms();
        long end = before.moved < 0 ? simulation.now() : before.moved;
        simulation.check(
                lost || before.movedAfterStop || end - before.roomsChanged < STORED || rooms.equals(before.rooms),
                member + " is recovered with other rooms than " + before + " had");
        before.stale = !ended;
        recoveredElsewhere += before.node == member.node ? 0 : 1;
        if (before.node != member.node) {
            simulation.trace(member.node.name, "recovers " + member + " of " + before.node.name);
        }
        member.stream = before.stream;
        member.rooms.addAll(rooms);
        member.roomsAtStart.addAll(rooms);
        member.roomsChanged = before.roomsChanged;
        long now = member.node.delivered();
        Stream stream = member.stream;
        stream.recover(rooms, now, this::position);
        emissions.stream()
                .filter(emission -> emission.namespace().equals(member.namespace)
                        && emission.stored()
                        && position(emission) > stream.chosen()
                        && position(emission) <= now
                        && emission.means(rooms))
                .sorted(Comparator.comparingLong(this::position))
                .forEach(emission -> stream.add(emission, false));
        stream.chosen(now);
    }

    /** How many clients have recovered on another server than they had left. */
    int recoveredElsewhere() {
        return recoveredElsewhere;
    }

    /** The broker has stored an emission. */
    void stored(Emission emission, long position) {
        positions.put(emission.number(), position);
    }

    private long position(Emission emission) {
        return positions.getOrDefault(emission.number(), 0L);
    }

    /** Orders the emissions that a recovery can restore. */
    long order(int number) {
        return logged ? position(emission(number)) : number;
    }

    /** A server is about to deliver an entry of the log. */
    void delivered(Node node, String namespace, long position) {
        for (Member member : members) {
            if (member.node == node
                    && member.namespace.equals(namespace)
                    && member.state != Member.State.PENDING
                    && !member.stale
                    && member.socket.connected()) {
                member.stream.chosen(position);
            }
        }
    }

    void connected(Member member) {
        simulation.check(member.state == Member.State.PENDING, "connected twice: " + member);
        member.state = Member.State.CONNECTED;
        member.connected = simulation.now();
        member.stream.chosen(member.node.delivered());
        member.rooms.add(member.id);
        absent.remove(member.id);
    }

    void disconnecting(Member member) {
        simulation.check(
                member.state == Member.State.CONNECTED, "disconnecting in state " + member.state + ": " + member);
        member.state = Member.State.DISCONNECTING;
    }

    void disconnected(Member member, boolean kept) {
        simulation.check(
                member.state == Member.State.DISCONNECTING, "disconnect in state " + member.state + ": " + member);
        member.state = Member.State.GONE;
        member.gone = simulation.now();
        members.remove(member);
        if (member.stale) {
            return;
        }
        member.stream.disconnected(member.rooms);
        if (kept && !logged) {
            absent.put(member.id, member);
        }
    }

    /** The server of these sockets was killed. */
    void killed(Node node) {
        members.forEach(member -> member.gone = member.node == node ? simulation.now() : member.gone);
        members.removeIf(member -> member.node == node);
        absent.values().removeIf(member -> member.node == node);
    }

    // rooms

    /** All sockets of a server that are meant are about to join or leave a room. */
    void moveAll(Node node, String namespace, Target from, String to, boolean join) {
        for (Member member : members) {
            if (member.node == node
                    && member.namespace.equals(namespace)
                    && member.state != Member.State.PENDING
                    && from.means(member.rooms)
                    && member.socket.connected()) {
                member.roomsChanged = simulation.now();
                if (join) {
                    member.rooms.add(to);
                } else {
                    member.rooms.remove(to);
                }
            }
        }
    }

    void join(Member member, String... rooms) {
        member.socket.join(rooms);
        member.roomsChanged = simulation.now();
        if (member.state == Member.State.PENDING || member.socket.connected()) {
            member.rooms.addAll(List.of(rooms));
        }
    }

    void leave(Member member, String room) {
        member.socket.leave(room);
        member.roomsChanged = simulation.now();
        if (member.state != Member.State.GONE) {
            member.rooms.remove(room);
        }
    }

    /** Checks that the rooms of a server are as expected. */
    void checkRooms(Node node, String namespace) {
        Map<String, Set<String>> actual = node.io.of(namespace).adapter().rooms();
        Map<String, Set<String>> expected = new HashMap<>();
        Set<String> pending = new HashSet<>();
        for (Member member : members) {
            if (member.node == node && member.namespace.equals(namespace)) {
                if (member.state == Member.State.PENDING) {
                    pending.add(member.id);
                } else {
                    for (String room : member.rooms) {
                        expected.computeIfAbsent(room, key -> new HashSet<>()).add(member.id);
                    }
                }
            }
        }
        Map<String, Set<String>> settled = new HashMap<>();
        actual.forEach((room, ids) -> {
            Set<String> kept = new HashSet<>(ids);
            kept.removeAll(pending);
            if (!kept.isEmpty()) {
                settled.put(room, kept);
            }
        });
        if (!settled.equals(expected)) {
            simulation.fail("the rooms of " + namespace + " on " + node.name + " are " + named(settled)
                    + " and should be " + named(expected));
        }
    }

    private String named(Map<String, Set<String>> rooms) {
        Map<String, Set<String>> names = new java.util.TreeMap<>();
        rooms.forEach((room, ids) -> {
            Set<String> readable = new java.util.TreeSet<>();
            ids.forEach(id -> readable.add(name(id)));
            names.put(name(room), readable);
        });
        return names.toString();
    }

    /** A name for an id that is the same in each run. */
    String name(String id) {
        Member member = byId.get(id);
        return member == null ? (id.length() == 20 ? "?" : id) : member.toString();
    }

    // events

    Emission emission(String namespace, Target to, boolean lossy, boolean asks) {
        Emission made = new Emission(
                emissions.size(),
                namespace,
                new LinkedHashSet<>(to.rooms()),
                new LinkedHashSet<>(to.except()),
                lossy,
                asks,
                to.local());
        emissions.add(made);
        return made;
    }

    /** An event is about to be sent to the sockets of a server. */
    int emitted(Node node, Emission emission) {
        int receivers = 0;
        for (Member member : members) {
            if (member.node == node
                    && member.namespace.equals(emission.namespace())
                    && member.state != Member.State.PENDING
                    && !member.stale
                    && member.socket.connected()
                    && emission.means(member.rooms)) {
                receivers++;
                if (emission.asks()) {
                    answers.asked(emission, member, true);
                }
                member.stream.add(emission, emission.lossy() || member.state != Member.State.CONNECTED);
            }
        }
        if (emission.asks()) {
            members.stream()
                    .filter(member -> member.node == node
                            && member.namespace.equals(emission.namespace())
                            && (member.state == Member.State.PENDING || member.stale))
                    .forEach(member -> answers.asked(emission, member, false));
        }
        if (emission.stored()) {
            for (Member member : absent.values()) {
                if (member.node == node
                        && member.namespace.equals(emission.namespace())
                        && emission.means(member.rooms)) {
                    member.stream.add(emission, false);
                }
            }
        }
        return receivers;
    }

    // events of Sockeye clients

    private JavaEvents javaEvents(int client, String namespace) {
        return javaEvents.computeIfAbsent(client + namespace, key -> new JavaEvents());
    }

    /** The number of the next event that a client emits. */
    int javaEmitted(int client, String namespace) {
        return javaEvents(client, namespace).next();
    }

    int javaBegins(int client, String namespace) {
        return javaEvents(client, namespace).begin();
    }

    int javaEmit(int client, String namespace, boolean asks) {
        return javaEvents(client, namespace).emit(asks);
    }

    void javaReceived(Member member, int number) {
        JavaEvents events = javaEvents(member.client, member.namespace);
        if (retries) {
            events.receiveAgain(simulation, member, member.lastFromJava, number);
        } else {
            events.receive(simulation, member, member.lastFromJava, number);
        }
        member.lastFromJava = number;
    }

    void checkJava(int client, String namespace, int from, String name) {
        javaEvents(client, namespace).checkAll(simulation, from, name);
    }

    // requests

    void asked(Node node, int number, String what, CompletableFuture<?> answer) {
        questions.add(new Question(node, number, what, answer));
    }

    void checkQuestions() {
        for (Question question : questions) {
            simulation.check(
                    question.node.dead() || question.answer.isDone(),
                    question.what + " #" + question.number + " has not ended");
        }
        questions.clear();
    }

    /** The number of emissions, for the summary. */
    int emissionCount() {
        return emissions.size();
    }
}
