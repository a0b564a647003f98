package dev.sockeye.verification.differential;

import java.util.List;

/** The steps of a client. The same seed always results in the same scenario. */
record Scenario(long seed, Profile profile, String kind, List<Step> steps) {
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
