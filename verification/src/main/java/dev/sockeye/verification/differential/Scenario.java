package dev.sockeye.verification.differential;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The steps of a client. The same seed always results in the same scenario. */
record Scenario(long seed, Profile profile, String kind, List<Step> steps) {
    private static final Pattern SESSION = Pattern.compile("[?&]sid=\\{sid:(\\w+)}");

    /** The name of the session that a connection belongs to: the name of the connection that opened it. */
    String session(String connection) {
        for (Step step : steps) {
            if (step.connection().equals(connection)) {
                Matcher matcher = SESSION.matcher(target(step));
                if (matcher.find()) {
                    return matcher.group(1);
                }
            }
        }
        return connection;
    }

    private static String target(Step step) {
        if (step instanceof Step.Http http) {
            return http.target();
        } else if (step instanceof Step.Upgrade upgrade) {
            return upgrade.target();
        }
        return step instanceof Step.Raw raw ? new String(raw.bytes(), StandardCharsets.ISO_8859_1) : "";
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed ")
                .append(seed)
                .append(", ")
                .append(profile.key())
                .append(", ")
                .append(kind);
        for (int i = 0; i < steps.size(); i++) {
            text.append("\n  ").append(i).append("  ").append(steps.get(i));
        }
        return text.toString();
    }
}
