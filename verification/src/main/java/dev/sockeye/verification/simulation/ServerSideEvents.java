package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Checks the events that servers send to each other: each one is published once, in the order of the calls, and handled once by
 * each server that it reaches, in the order of arrival.
 */
final class ServerSideEvents {
    private final Simulation simulation;
    private final Map<String, ArrayDeque<Integer>> called = new HashMap<>();
    private final Map<String, ArrayDeque<Integer>> arrived = new HashMap<>();
    /** The events that request answers, which are not published if there is no other server. */
    private final Map<Integer, CompletableFuture<List<Arguments>>> questions = new HashMap<>();

    /** What had arrived at a server before or while it was closed, and may be handled after it opens again. */
    private final Map<String, Set<Integer>> before = new HashMap<>();

    /** What was sent before a server was closed, and may be published after it opens again. */
    private final Set<Integer> unpublished = new HashSet<>();

    private final Set<Integer> skipped = new HashSet<>();
    /** The servers that have handled an event. */
    private final Map<Integer, Set<Integer>> handledBy = new HashMap<>();

    private int last;
    private int handled;

    ServerSideEvents(Simulation simulation) {
        this.simulation = simulation;
    }

    private static ArrayDeque<Integer> queue(Map<String, ArrayDeque<Integer>> queues, Node node, String namespace) {
        return queues.computeIfAbsent(node.name + namespace, key -> new ArrayDeque<>());
    }

    private Set<Integer> late(String key) {
        return before.computeIfAbsent(key, unused -> new HashSet<>());
    }

    /** A server is about to send an event; returns its number. */
    int call(Node node, String namespace) {
        int number = ++last;
        queue(called, node, namespace).add(number);
        return number;
    }

    void asked(int number, CompletableFuture<List<Arguments>> answers) {
        questions.put(number, answers);
    }

    /**
     * The answers to an event: each of another server that has handled it, and none twice. An answer may also be an error.
     *
     * @param others how many other servers must have answered; -1 if servers start, end, or cannot reach each other
     */
    void answered(Node node, int number, @Nullable List<Arguments> all, @Nullable Throwable error, int others) {
        Throwable cause = error == null || error.getCause() == null ? error : error.getCause();
        if (all != null) {
            simulation.check(
                    others < 0 || all.size() == others,
                    "the server-side event " + number + " has " + all.size() + " answers of " + others + " servers");
            contents(node, number, all);
        } else if (cause instanceof ClusterTimeoutException late) {
            contents(node, number, late.responses());
        } else {
            simulation.fail("the server-side event " + number + " of " + node.name + " fails with " + error);
        }
    }

    private void contents(Node node, int number, List<Arguments> all) {
        Set<Integer> servers = new HashSet<>();
        Set<Integer> handling = handledBy.getOrDefault(number, Set.of());
        for (Arguments answer : all) {
            Integer server = answer.size() < 2 ? null : answer.get(1, Integer.class);
            if (server == null) {
                continue; // an error
            }
            Integer answered = answer.get(0, Integer.class);
            simulation.check(
                    answered != null && answered == number && server != node.id && servers.add(server),
                    "the answers to the server-side event " + number + " of " + node.name + " are " + all);
            simulation.check(handling.contains(server), "node" + server + " answers an event that it has not handled");
        }
        simulation.check(
                all.size() <= handling.size(),
                "the server-side event " + number + " was handled by " + handling.size() + " servers and has "
                        + all.size() + " answers");
    }

    /** The adapter of a server has given an event to the network. */
    void published(Node node, String namespace, int number) {
        if (unpublished.remove(number) || node.leaving()) {
            return;
        }
        ArrayDeque<Integer> queue = queue(called, node, namespace);
        Integer expected = queue.poll();
        while (expected != null && expected != number && questions.containsKey(expected)) {
            skipped.add(expected);
            expected = queue.poll();
        }
        expect(expected, number, node.name + " publishes");
    }

    /** An event has reached a server. */
    void arrived(Node node, String namespace, int number) {
        if (node.leaving()) {
            late(node.name + namespace).add(number);
        } else {
            queue(arrived, node, namespace).add(number);
        }
    }

    /** A server handles an event. */
    void handled(Node node, String namespace, int number) {
        Set<Integer> late = before.get(node.name + namespace);
        if (late != null && late.remove(number)) {
            handledBy.computeIfAbsent(number, unused -> new HashSet<>()).add(node.id);
            return;
        }
        handledBy.computeIfAbsent(number, unused -> new HashSet<>()).add(node.id);
        if (!node.leaving()) {
            handled++;
            expect(queue(arrived, node, namespace).poll(), number, node.name + " handles");
        }
    }

    private void expect(@Nullable Integer expected, int number, String who) {
        if (expected == null || expected != number) {
            simulation.fail(who + " the server-side event " + number + " in place of " + expected);
        }
    }

    /** A server is killed, or is about to be closed: nothing more is expected of it. */
    void gone(Node node) {
        called.entrySet().removeIf(entry -> {
            boolean its = entry.getKey().startsWith(node.name + "/");
            if (its) {
                unpublished.addAll(entry.getValue());
            }
            return its;
        });
        arrived.entrySet().removeIf(entry -> {
            boolean its = entry.getKey().startsWith(node.name + "/");
            if (its) {
                late(entry.getKey()).addAll(entry.getValue());
            }
            return its;
        });
    }

    /** Checks that nothing is on the way. */
    void checkSettled() {
        called.forEach((who, waiting) -> {
            List<Integer> lost = waiting.stream()
                    .filter(number -> !questions.containsKey(number))
                    .toList();
            simulation.check(lost.isEmpty(), who + " has not published the server-side events " + lost);
            skipped.addAll(waiting);
        });
        for (int number : skipped) {
            CompletableFuture<List<Arguments>> answers = questions.get(number);
            simulation.check(
                    answers != null && answers.isDone() && answers.join().isEmpty(),
                    "the server-side event " + number + " was not published although there were other servers");
        }
        arrived.forEach((who, waiting) ->
                simulation.check(waiting.isEmpty(), who + " has not handled the server-side events " + waiting));
    }

    /** How often an event was handled. */
    int handled() {
        return handled;
    }
}
