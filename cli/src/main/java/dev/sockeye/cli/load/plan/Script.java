package dev.sockeye.cli.load.plan;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the users of a custom test do.
 *
 * @param vars values for templates; each turn picks a random element of a list
 * @param stages the number of users over time; empty to use the command line options
 * @param roles the kinds of users
 */
public record Script(String name, Map<String, Object> vars, List<Stage> stages, List<Role> roles) {
    /** The row for all steps together. */
    public static final String ALL = "all steps";

    /** Changes the number of users linearly to {@code users} within {@code over}. */
    record Stage(int users, Duration over) {}

    /** A kind of user. Its share of all users is its weight divided by the sum of all weights. */
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

    /** The target number of users at a time. */
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

    /** The role of a user: distributed evenly by weight, and the same in each run. */
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

    /**
     * Opens a connection after closing the previous one.
     *
     * @param namespace {@code null} for the one of the command line
     * @param auth {@code null} for the one of the command line
     */
    public record Connect(
            @Nullable Template namespace, @Nullable Template auth) implements Step {}

    /** Closes the connection. */
    public record Disconnect() implements Step {}

    /**
     * Emits an event.
     *
     * @param ack how long to wait for the acknowledgement; {@code null} to request none
     * @param answer what the acknowledgement must start with; {@code null} for anything
     * @param save the name under which its first argument is saved
     */
    public record Emit(
            String label,
            Template event,
            Template args,
            @Nullable Duration ack,
            @Nullable Template answer,
            @Nullable String save)
            implements Step {}

    /** Waits for an event that was received since the last emit. */
    public record Expect(
            String label,
            String event,
            @Nullable Template args,
            Duration within,
            @Nullable String save) implements Step {}

    /** Waits for a random time between the two durations. */
    public record Think(Duration least, Duration most) implements Step {}

    /** Repeats steps; if {@code times} is 0, forever. */
    public record Repeat(int times, List<Step> steps) implements Step {}
}
