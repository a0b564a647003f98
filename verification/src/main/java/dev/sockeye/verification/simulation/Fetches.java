package dev.sockeye.verification.simulation;

import dev.sockeye.socketio.adapter.SocketDetails;
import dev.sockeye.socketio.adapter.cluster.ClusterTimeoutException;
import dev.sockeye.socketio.server.BroadcastOperator;
import dev.sockeye.socketio.server.RemoteSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * Asks for the sockets of the cluster, and checks what is returned with what the servers had between the question and the answer: no
 * socket that was gone before or is not meant, with its rooms, none twice, and all that were there the whole time. While servers
 * start, end, or cannot reach each other, sockets of other servers may be missing, and the request may time out.
 */
final class Fetches {
    private record Found(String id, Set<String> rooms) {}

    private final World world;
    private final Simulation simulation;
    private final Ledger ledger;
    private int fetched;

    Fetches(World world) {
        this.world = world;
        this.simulation = world.simulation;
        this.ledger = world.ledger;
    }

    /** How many answers were checked. */
    int fetched() {
        return fetched;
    }

    void fetch(Node node, String namespace, Target target, Dice dice) {
        long asked = simulation.now();
        BroadcastOperator to = target.of(node.io.of(namespace));
        if (dice.permille(500)) {
            to = to.timeout(Duration.ofMillis(dice.between(200, 3_000)));
        }
        simulation.trace(node.name, "fetches the sockets of " + target + " of " + namespace);
        CompletableFuture<List<RemoteSocket>> answer = to.fetchSockets();
        String what = "fetchSockets of " + node.name;
        ledger.asked(node, 0, what, answer);
        var unused = answer.whenComplete((sockets, error) -> {
            if (node.dead() || node.leaving() || simulation.over()) {
                return;
            }
            boolean steady = world.broker.steady(asked, namespace) || target.local();
            List<Found> found = new ArrayList<>();
            if (error == null) {
                sockets.forEach(socket -> found.add(new Found(socket.id(), socket.rooms())));
            } else {
                simulation.check(!steady, what + " fails without a reason: " + error);
                partial(error).forEach(socket -> found.add(new Found(socket.id(), socket.rooms())));
            }
            fetched++;
            check(node, namespace, target, found, asked, error == null && steady, what);
        });
    }

    private List<SocketDetails> partial(Throwable error) {
        Throwable cause = error.getCause() == null ? error : error.getCause();
        if (cause instanceof ClusterTimeoutException late) {
            return late.sockets();
        }
        simulation.fail(new Failure("fetchSockets failed: " + error, error));
        return List.of();
    }

    private void check(
            Node node, String namespace, Target target, List<Found> found, long asked, boolean all, String what) {
        Set<String> ids = new HashSet<>();
        for (Found one : found) {
            Member member = ledger.byId(one.id);
            if (member == null || !member.namespace.equals(namespace)) {
                simulation.fail(what + " returns a socket that does not exist in " + namespace);
                return;
            }
            boolean first = ids.add(one.id);
            if (member.joined >= asked || member.hadTwinSince(asked)) {
                continue; // it is, or was, at two servers
            }
            simulation.check(first, what + " returns " + member + " twice");
            simulation.check(member.gone < 0 || member.gone >= asked, what + " returns " + member + ", which was gone");
            simulation.check(
                    !target.local() || member.node == node,
                    what + " returns " + member + " of another server, locally");
            if (member.unchangedSince(asked)) {
                simulation.check(target.means(member.rooms), what + " returns " + member + ", which is not meant");
                simulation.check(one.rooms.equals(member.rooms), what + " returns other rooms of " + member);
            }
        }
        for (Member member : ledger.members()) {
            boolean expected = member.namespace.equals(namespace)
                    && member.unchangedSince(asked)
                    && (all ? !target.local() || member.node == node : member.node == node)
                    && target.means(member.rooms);
            simulation.check(!expected || ids.contains(member.id), what + " does not return " + member);
        }
    }
}
