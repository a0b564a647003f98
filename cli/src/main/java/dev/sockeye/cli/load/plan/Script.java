package dev.sockeye.cli.load.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the users of a test of one's own do.
 *
 * @param vars values for templates; of a list each turn takes one at random
 * @param stages how many users there are over time; empty: as the command line says
 * @param roles the kinds of users
 */
public record Script(String name, Map<String, Object> vars, List<Stage> stages, List<Role> roles) {
    /** The row that sums up the steps. */
    public static final String ALL = "all steps";

    /** In {@code over}, the number of users goes in a straight line to {@code users}. */
    record Stage(int users, Duration over) {}

    /** A kind of user; its share is its weight among all weights. */
    public record Role(String name, double weight, List<Step> steps) {}

    Script withStages(List<Stage> others) {
        return new Script(name, vars, others, roles);
    }

    public Duration length() {
        Duration sum = Duration.ZERO;
        for (Stage stage : stages) {
            sum = sum.plus(stage.over());
        }
        return sum;
    }

    /** How many users there should be. */
    public int usersAt(long nanos) {
        long left = nanos;
        int before = 0;
        for (Stage stage : stages) {
            long over = stage.over().toNanos();
            if (left < over) {
                return (int) Math.round(before + (stage.users() - before) * ((double) left / over));
            }
            left -= over;
            before = stage.users();
        }
        return before;
    }

    /** The role of a user: evenly spread by weight, the same in each run. */
    public Role role(int user) {
        double sum = 0;
        for (Role role : roles) {
            sum += role.weight();
        }
        double golden = 0.6180339887498949;
        double at = (user * golden - Math.floor(user * golden)) * sum;
        for (Role role : roles) {
            at -= role.weight();
            if (at < 0) {
                return role;
            }
        }
        return roles.get(roles.size() - 1);
    }

    /** One step of a user. */
    public sealed interface Step permits Connect, Disconnect, Emit, Expect, Think, Repeat {}

    /** Opens a connection; closes the one before. */
    public record Connect(Template namespace, @Nullable Template auth) implements Step {}

    /** Closes the connection. */
    public record Disconnect() implements Step {}

    /**
     * Emits.
     *
     * @param ack how long to wait for the acknowledgement; {@code null}: none is asked for
     * @param answer what the acknowledgement must begin with; {@code null}: anything
     * @param save the name under which its first argument is kept
     */
    public record Emit(
            String label,
            Template event,
            Template args,
            @Nullable Duration ack,
            @Nullable Template answer,
            @Nullable String save)
            implements Step {}

    /** Waits for an event that came since the last emit. */
    public record Expect(
            String label,
            String event,
            @Nullable Template args,
            Duration within,
            @Nullable String save) implements Step {}

    /** Waits, for a random time between the two. */
    public record Think(Duration least, Duration most) implements Step {}

    /** Does steps again and again; {@code times} 0: without end. */
    public record Repeat(int times, List<Step> steps) implements Step {}
}
