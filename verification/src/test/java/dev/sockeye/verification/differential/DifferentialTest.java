package dev.sockeye.verification.differential;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A short differential run; {@code ./sockeye-verify differential} is the long one. */
class DifferentialTest {

    @Test
    void eachDifferenceFromTheOfficialServerIsExplained() throws Exception {
        try (Side sockeye = new SockeyeSide();
                Side reference = ReferenceSide.start(Path.of("src/main/js").toAbsolutePath())) {
            Comparison comparison = new Comparison(sockeye, reference);
            comparison.run(1, 250, 8);
            assertThat(comparison.unexplained()).as(comparison.summary()).isEmpty();
        }
    }

    @Test
    void eachExplanationRefersToADocumentedDecision() throws Exception {
        String decisions = Files.readString(Path.of("../docs/decisions.md"));
        Stream.concat(
                        KnownDifferences.ALL.stream().map(KnownDifferences.Known::decision),
                        Stream.of(KnownDifferences.ORDER, KnownDifferences.PIPELINED, KnownDifferences.EARLY))
                .forEach(
                        decision -> assertThat(decisions).containsPattern("\n\\* (\\*\\*)?" + Pattern.quote(decision)));
    }
}
