package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.AckTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the answers of clients to a broadcast: each is the answer to this event, each of a socket to which a server has sent it, and none
 * twice. A broadcast that does not time out has the answers of all sockets of the server that has sent it, and those of all other
 * servers unless servers start, end, or cannot reach each other.
 */
final class BroadcastAnswers {
    private final Simulation simulation;
    private final Map<Integer, List<Member>> targets = new HashMap<>();
    /** Sockets that were being connected, so that they may have been asked. */
    private final Map<Integer, List<Member>> possible = new HashMap<>();

    private int checked;

    BroadcastAnswers(Simulation simulation) {
        this.simulation = simulation;
    }

    /** How many answers were checked. */
    int checked() {
        return checked;
    }

    /** A server sends an event to a socket; or perhaps, while the socket is being connected. */
    void asked(Emission emission, Member member, boolean surely) {
        (surely ? targets : possible)
                .computeIfAbsent(emission.number(), number -> new ArrayList<>())
                .add(member);
    }

    private static int number(Arguments answer, int index) {
        Integer number = answer.get(index, Integer.class);
        return number == null ? -1 : number;
    }

    /** @param steady whether all servers could answer */
    void check(
            Node node,
            Emission emission,
            @Nullable List<Arguments> answers,
            @Nullable Throwable error,
            boolean steady) {
        List<Member> asked = targets.getOrDefault(emission.number(), List.of());
        Set<Member> all = new LinkedHashSet<>(asked);
        all.addAll(possible.getOrDefault(emission.number(), List.of()));
        if (error == null && answers != null) {
            long own = asked.stream().filter(member -> member.node == node).count();
            simulation.check(
                    answers.size() >= (steady ? asked.size() : own),
                    emission + " has " + answers.size() + " answers of " + asked.size() + " clients, " + own
                            + " of them of " + node.name);
            contents(emission, answers, all);
        } else if (error instanceof AckTimeoutException late) {
            simulation.check(!steady || !all.isEmpty(), emission + " waits for answers of nobody");
            contents(emission, late.responses(), all);
        } else {
            simulation.fail(new Failure(emission + " fails with " + error, error == null ? new Fault() : error));
        }
    }

    private void contents(Emission emission, List<Arguments> answers, Collection<Member> asked) {
        Set<String> seen = new HashSet<>();
        Map<Integer, Integer> ofSockeyeClients = new HashMap<>();
        for (Arguments answer : answers) {
            checked++;
            int client = number(answer, 1);
            int attempt = number(answer, 2);
            long fitting = asked.stream()
                    .filter(member -> member.client == client && (attempt < 0 || member.attempt == attempt))
                    .count();
            boolean fresh = attempt < 0
                    ? ofSockeyeClients.merge(client, 1, Integer::sum) <= fitting
                    : seen.add(client + "@" + attempt);
            simulation.check(
                    number(answer, 0) == emission.number(), "an answer to " + emission + " is " + answer.toList());
            simulation.check(fitting > 0, emission + " is answered by client" + client + ", which was not asked");
            simulation.check(fresh, emission + " has two answers of client" + client);
        }
    }
}
