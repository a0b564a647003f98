package dev.sockeye.cli.load.plan;

import dev.sockeye.socketio.client.ClientOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run does.
 *
 * @param target scheme, host and port, and the query of the URL
 * @param namespaces dealt to the users in turn
 * @param scenario what users do, without a script
 * @param script what users do; {@code null}: the scenario
 * @param ramp new connections in a second
 * @param payload bytes of a message
 * @param binary whether the payload is binary
 * @param outstanding messages that a user has on the way at once, in a closed loop
 * @param rate messages in a second over all users, on a fixed schedule (open loop); 0: closed loop
 * @param senders how many users send, when not all do (broadcast)
 * @param answerTimeout after which an answer counts as missing
 * @param auth with {@code ${user}} in texts; {@code null}: none
 */
public record LoadPlan(
        Target target,
        List<String> namespaces,
        Scenario scenario,
        @Nullable Script script,
        int connections,
        double ramp,
        Duration warmup,
        Duration duration,
        int payload,
        boolean binary,
        int outstanding,
        double rate,
        int rooms,
        int senders,
        Duration answerTimeout,
        int threads,
        @Nullable Object auth,
        ClientOptions options) {

    /** The name that stands above the figures. */
    public String name() {
        Script given = script;
        return given == null ? scenario.text() : given.name();
    }

    public boolean openLoop() {
        return rate > 0;
    }

    /** The row of figures that says most. */
    public String label() {
        return script == null ? scenario.label() : Script.ALL;
    }

    /** The most users at once. */
    public int mostUsers() {
        Script given = script;
        if (given == null || given.stages().isEmpty()) {
            return connections;
        }
        int most = 0;
        for (Script.Stage stage : given.stages()) {
            most = Math.max(most, stage.users());
        }
        return most;
    }

    /** The options of one user. */
    public ClientOptions options(int user) {
        Object given = auth;
        return given == null
                ? options
                : options.toBuilder()
                        .auth(Template.of(given).resolve(new Scope(user, payload)))
                        .build();
    }
}
