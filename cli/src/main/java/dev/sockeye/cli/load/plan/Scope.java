package dev.sockeye.cli.load.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The names available to the templates of one user. Confined to one thread. */
public final class Scope {
    private final int user;
    private final int payload;
    private int iteration;
    private final Map<String, @Nullable Object> values = new HashMap<>();

    public Scope(int user, int payload) {
        this.user = user;
        this.payload = payload;
    }

    /** Starts a turn: clears the saved values and picks new values from the lists. */
    public void turn(int number, Map<String, Object> vars) {
        iteration = number;
        values.clear();
        vars.forEach((name, value) -> values.put(
                name,
                value instanceof List<?> list && !list.isEmpty()
                        ? list.get(ThreadLocalRandom.current().nextInt(list.size()))
                        : value));
    }

    public void save(String name, @Nullable Object value) {
        values.put(name, value);
    }

    /** The value of a name such as {@code user}, or {@code reply.token} for a field of a saved value. */
    @Nullable
    Object value(String name) {
        return switch (name) {
            case "user" -> user;
            case "iteration" -> iteration;
            case "random" -> ThreadLocalRandom.current().nextInt(1_000_000);
            case "uuid" -> UUID.randomUUID().toString();
            case "time" -> System.currentTimeMillis();
            case "payload" -> Template.letters(payload);
            default -> saved(name);
        };
    }

    private @Nullable Object saved(String name) {
        String[] path = name.split("\\.", -1);
        Object at = values.get(path[0]);
        for (int i = 1; i < path.length; i++) {
            if (at instanceof Map<?, ?> map) {
                at = map.get(path[i]);
            } else if (at instanceof List<?> list && path[i].matches("\\d{1,6}")) {
                int index = Integer.parseInt(path[i]);
                at = index < list.size() ? list.get(index) : null;
            } else {
                return null;
            }
        }
        return at;
    }
}
