package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.Transcript.Line;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an explained difference excludes from the comparison; everything else of the scenario is compared, too. */
enum Rest {
    /** The two lines, or the one of them that the other server does not have there. */
    LINE {
        @Override
        Pair after(Difference it) {
            int order = it.order();
            Pair pair = order <= 0 ? it.pair().withoutSockeye(it.at()) : it.pair();
            return order >= 0 ? pair.withoutReference(it.at()) : pair;
        }
    },
    /** A line that only the official server has. */
    REFERENCE {
        @Override
        Pair after(Difference it) {
            return it.pair().withoutReference(it.at());
        }
    },
    /** A line that only this server has. */
    SOCKEYE {
        @Override
        Pair after(Difference it) {
            return it.pair().withoutSockeye(it.at());
        }
    },
    /** The end of a socket in the log, which the official server reports later, or not before the scenario is over. */
    END_OF_SOCKET {
        @Override
        Pair after(Difference it) {
            String[] ours = it.sockeye().text().split(" ", 3);
            String session = it.session();
            List<Line> theirs = it.pair().reference().lines();
            for (int i = it.at(); i < theirs.size(); i++) {
                String text = theirs.get(i).text();
                if (text.startsWith(ours[0] + " " + ours[1] + " ") && text.endsWith("@sid:" + session)) {
                    return it.pair().withoutReference(i).withoutSockeye(it.at());
                }
            }
            return it.pair().withoutSockeye(it.at());
        }
    },
    /** What the session receives and logs from this step on, but not what its packets cause for others. */
    OWN {
        @Override
        Pair after(Difference it) {
            String session = it.session();
            return it.pair()
                    .without(line -> session != null
                            && (line.where().equals("log")
                                    ? session.equals(named(line.text()))
                                    : line.step() >= it.step()
                                            && session.equals(it.scenario().session(line.where()))));
        }
    },
    /** What the session receives and logs from this step on, and all that its packets cause. */
    SESSION {
        @Override
        Pair after(Difference it) {
            String session = it.session();
            if (session == null || it.scenario().profile().sessionsDependOnEachOther()) {
                return ALL.after(it);
            }
            Scenario scenario = it.scenario();
            return it.pair().without(line -> {
                if (line.where().equals("log")) {
                    return line.text().startsWith("refused ") || session.equals(named(line.text()));
                }
                return line.step() >= it.step()
                        && (session.equals(scenario.session(line.where()))
                                || (line.step() < scenario.steps().size()
                                        && session.equals(scenario.session(scenario.steps()
                                                .get(line.step())
                                                .connection()))));
            });
        }
    },
    /** Everything that follows. */
    ALL {
        @Override
        Pair after(Difference it) {
            return new Pair(new Transcript(List.of()), new Transcript(List.of()));
        }
    };

    private static final Pattern SESSION_OF_LINE = Pattern.compile("@sid:(\\w+)$");

    /** The transcripts without what is excluded. */
    abstract Pair after(Difference difference);

    /** The session that a line of the log belongs to. */
    static @Nullable String named(String line) {
        Matcher matcher = SESSION_OF_LINE.matcher(line);
        return matcher.find() ? matcher.group(1) : null;
    }
}
