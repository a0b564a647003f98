package dev.sockeye.engineio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The random part of ids, which is generated for several ids at once. */
class SessionIdsTest {
    private static final int THREADS = 8;
    private static final int IDS = 5_000;

    @Test
    void theRandomPartsOfAllIdsDiffer() throws Exception {
        Set<String> randomParts = new HashSet<>();
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            Callable<List<String>> generate =
                    () -> Stream.generate(SessionIds.RandomIds::next).limit(IDS).toList();
            for (Future<List<String>> ids : threads.invokeAll(Collections.nCopies(THREADS, generate))) {
                for (String id : ids.get()) {
                    byte[] bytes = Base64.getUrlDecoder().decode(id);
                    assertThat(bytes).hasSize(15);
                    randomParts.add(Arrays.toString(Arrays.copyOf(bytes, 11)));
                }
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(randomParts).hasSize(THREADS * IDS);
    }
}
