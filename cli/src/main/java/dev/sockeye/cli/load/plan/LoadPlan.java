package dev.sockeye.cli.load.plan;

import dev.sockeye.socketio.client.ClientOptions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run does.
 *
 * @param target scheme, host and port, and the query of the URL
 * @param namespaces the namespaces, assigned to the users in turn
 * @param scenario what users do if there is no script
 * @param script what users do; {@code null} to use the scenario
 * @param ramp new connections per second
 * @param payload the size of a message in bytes
 * @param binary whether the payload is binary
 * @param outstanding the number of unanswered messages of each user, in a closed loop
 * @param rate messages per second of all users, on a fixed schedule (open loop); 0 for a closed loop
 * @param senders the number of users that send, if not all do (broadcast)
 * @param answerTimeout the time after which an answer counts as missing
 * @param auth the auth payload, with {@code ${user}} in its strings; {@code null} for none
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

    /** The title of the results. */
    public String name() {
        Script given = script;
        return given == null ? scenario.text() : given.name();
    }

    public boolean openLoop() {
        return rate > 0;
    }

    /** The most important row of the results. */
    public String label() {
        return script == null ? scenario.label() : Script.ALL;
    }

    /** The maximum number of concurrent users. */
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

    /** The namespace that a step of a user's script connects to. */
    public String namespace(Script.Connect step, int user, Scope scope) {
        Template own = step.namespace();
        return own == null ? namespaces.get(user % namespaces.size()) : own.text(scope);
    }

    /** The client options of a step of a user's script. */
    public ClientOptions options(Script.Connect step, int user, Scope scope) {
        Template own = step.auth();
        return own == null
                ? options(user)
                : options.toBuilder().auth(own.resolve(scope)).build();
    }

    /** The client options of one user. */
    public ClientOptions options(int user) {
        Object given = auth;
        return given == null
                ? options
                : options.toBuilder()
                        .auth(Template.of(given).resolve(new Scope(user, payload)))
                        .build();
    }
}
