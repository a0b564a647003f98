package dev.sockeye.verification.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The inputs that guided fuzzing has found, and some near them. */
@DisplayName("The fuzzing corpus")
class FuzzCorpusTest {
    private static final int MUTATIONS = 20;

    private static List<Path> inputs(FuzzTarget target) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("src/test/resources/fuzz", target.toString()))) {
            return files.sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void inputsAreHandledWithoutFailures(FuzzTarget target) throws IOException {
        List<Path> inputs = inputs(target);
        assertThat(inputs).isNotEmpty();
        for (Path file : inputs) {
            target.feed(Files.readAllBytes(file));
        }
    }

    @ParameterizedTest
    @EnumSource(FuzzTarget.class)
    void mutatedInputsAreHandledWithoutFailures(FuzzTarget target) throws IOException {
        Random random = new Random(1);
        for (Path file : inputs(target)) {
            for (int i = 0; i < MUTATIONS; i++) {
                byte[] input = Files.readAllBytes(file);
                for (int flips = 0; flips <= random.nextInt(3) && input.length > 0; flips++) {
                    input[random.nextInt(input.length)] = (byte) random.nextInt(256);
                }
                target.feed(input);
            }
        }
    }
}
