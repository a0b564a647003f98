package dev.sockeye.verification.simulation;

import java.util.List;

/** Everything that goes wrong in a run on purpose. */
final class Faults {
    private static final long SECOND = 1_000_000_000L;

    private final World world;
    private final Simulation simulation;
    private final Plan plan;
    private final Dice dice;

    Faults(World world) {
        this.world = world;
        this.simulation = world.simulation;
        this.plan = world.plan;
        this.dice = simulation.dice.split();
    }

    /** Causes one fault. */
    void happen() {
        List<Connection> open = world.network.open();
        List<Node> nodes = world.nodes();
        int kind = dice.below(plan.logged ? 15 : plan.nodes > 1 ? 13 : 11);
        if (kind < 5) {
            if (!open.isEmpty()) {
                network(kind, dice.choose(open));
            }
        } else if (kind == 5) {
            SimulatedClient client = dice.choose(world.clients());
            ClientSession session = client.session();
            if (session != null) {
                simulation.trace(client.name, "vanishes");
                session.close(false);
            }
        } else if (!nodes.isEmpty()) {
            node(kind, dice.choose(nodes), nodes);
        }
    }

    private void network(int kind, Connection connection) {
        switch (kind) {
            case 2 -> {
                simulation.trace("network", "a connection is half-open");
                connection.silence();
            }
            case 3 -> {
                simulation.trace("network", "a connection stalls");
                connection.stall(true);
                simulation.after(dice.between(0, 6 * SECOND), "goes on", () -> connection.stall(false));
            }
            case 4 -> {
                simulation.trace("network", "a client reads slowly");
                connection.down.slow(dice.between(10_000_000, 300_000_000));
                simulation.after(dice.between(0, 6 * SECOND), "reads on", () -> connection.down.slow(0));
            }
            default -> {
                simulation.trace("network", "a connection is cut");
                connection.cut();
            }
        }
    }

    private void node(int kind, Node node, List<Node> nodes) {
        switch (kind) {
            case 6 -> {
                simulation.trace(node.name, "a loop pauses");
                node.loop().stall(dice.between(0, SECOND));
            }
            case 7 -> {
                SimulatedExecutor executor = node.executor();
                if (executor != null && plan.refusals > 0) {
                    simulation.trace(node.name, "the handler pool refuses tasks");
                    executor.refusing(true);
                    simulation.after(dice.between(0, 2 * SECOND), "takes tasks", () -> executor.refusing(false));
                }
            }
            case 8 -> {
                long seconds = dice.permille(600)
                        ? dice.between(1, 10)
                        : dice.permille(700) ? dice.between(10, 120) : dice.between(120, 600);
                simulation.trace(node.name, "the clock jumps by seconds: ", (int) seconds);
                world.broker.brokenUntil(simulation.now());
                node.clock().jump(seconds * SECOND);
            }
            case 9 -> world.shutDown(node);
            case 11 -> {
                Node other = nodes.get(nodes.size() - 1);
                simulation.trace("network", node.name + " and " + other.name + " are apart");
                world.broker.part(node, other, dice.between(0, 12 * SECOND));
            }
            case 13, 14 -> {
                simulation.trace(node.name, "is paused");
                long paused = dice.between(0, 8 * SECOND);
                world.broker.brokenUntil(simulation.now() + paused);
                node.pause(paused);
            }
            case 12 -> {
                if (nodes.size() > 1) {
                    world.kill(node);
                }
            }
            default -> {
                SimulatedClient client = dice.choose(world.clients());
                for (ClientSocket socket : client.sockets().values()) {
                    simulation.trace(client.name, "sends much");
                    for (int i = 0; i < 12; i++) {
                        socket.emit(dice.permille(100), (int) dice.between(5_000, 30_000));
                    }
                }
            }
        }
    }
}
