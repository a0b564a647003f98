package dev.sockeye.verification.differential;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs scenarios on both servers and compares the results. A scenario with a difference is run again, alone and with longer
 * timeouts, before it counts: a busy machine must not cause differences.
 */
final class Comparison {
    private static final Duration AGAIN = Duration.ofMillis(150);
    private static final Duration ALONE = Duration.ofMillis(400);

    private final Side sockeye;
    private final Side reference;
    private final AtomicInteger names = new AtomicInteger();
    private final Queue<Scenario> differing = new ConcurrentLinkedQueue<>();
    private final List<String> unexplained = new ArrayList<>();
    private final Map<String, Integer> explained = new TreeMap<>();
    /** Some differences for each explanation. */
    private final Map<String, List<String>> samples = new TreeMap<>();

    private final Consumer<String> found;
    private final int samplesOfEach;
    private final Duration quiet;
    private int compared;
    /**
     * Scenarios that differed in the first run, with the kind of difference: whether only the step differed after which something was seen.
     */
    private final Map<Scenario, String> first = new ConcurrentHashMap<>();
    /** Scenarios that differed in the first run only, in more than the step after which something was seen. */
    private final Queue<String> onlyOnce = new ConcurrentLinkedQueue<>();

    private final AtomicInteger late = new AtomicInteger();

    Comparison(Side sockeye, Side reference) {
        this(sockeye, reference, 0, Duration.ofMillis(40), difference -> {});
    }

    /**
     * @param samplesOfEach how many differences to keep for each explanation
     * @param found is called with each unexplained difference
     * @param quiet after how long without anything received a step is over, in the first run
     */
    Comparison(Side sockeye, Side reference, int samplesOfEach, Duration quiet, Consumer<String> found) {
        this.sockeye = sockeye;
        this.reference = reference;
        this.samplesOfEach = samplesOfEach;
        this.quiet = quiet;
        this.found = found;
    }

    void run(long firstSeed, int runs, int parallel) {
        run(firstSeed, runs, parallel, "");
    }

    /** @param kind the kind of scenario to play; empty for all */
    void run(long firstSeed, int runs, int parallel, String kind) {
        AtomicLong next = new AtomicLong(firstSeed);
        ExecutorService threads = Executors.newFixedThreadPool(2 * parallel);
        try {
            List<CompletableFuture<Void>> workers = new ArrayList<>();
            for (int i = 0; i < parallel; i++) {
                workers.add(CompletableFuture.runAsync(
                        () -> {
                            for (long seed = next.getAndIncrement();
                                    seed < firstSeed + runs;
                                    seed = next.getAndIncrement()) {
                                Scenario scenario = ScenarioFactory.of(seed);
                                if ((kind.isEmpty() || kind.equals(scenario.kind()))
                                        && verdict(scenario, quiet, threads) == null) {
                                    differing.add(scenario);
                                }
                            }
                        },
                        threads));
            }
            workers.forEach(CompletableFuture::join);
            List<CompletableFuture<Void>> again = new ArrayList<>();
            Queue<Scenario> left = new ConcurrentLinkedQueue<>(differing);
            Queue<Scenario> still = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < Math.max(1, parallel / 3); i++) {
                again.add(CompletableFuture.runAsync(
                        () -> {
                            for (Scenario scenario = left.poll(); scenario != null; scenario = left.poll()) {
                                if (verdict(scenario, AGAIN, threads) == null) {
                                    still.add(scenario);
                                } else {
                                    once(scenario);
                                }
                            }
                        },
                        threads));
            }
            again.forEach(CompletableFuture::join);
            for (Scenario scenario : still) {
                judge(scenario, threads);
            }
        } finally {
            threads.shutdownNow();
        }
        compared += runs;
    }

    private void judge(Scenario scenario, ExecutorService threads) {
        if (verdict(scenario, ALONE, threads) != null) {
            once(scenario);
            return;
        }
        int crashes = reference.crashes();
        Pair pair = play(scenario, ALONE, threads);
        boolean crashed = reference.crashes() > crashes;
        int at = pair.sockeye.firstDifference(pair.reference);
        if (at < 0) {
            once(scenario);
            return;
        }
        String difference = "UNEXPLAINED: " + text(scenario, pair) + (crashed ? "    node threw\n" : "");
        unexplained.add(difference);
        found.accept(difference);
    }

    private static String text(Scenario scenario, Pair pair) {
        int at = pair.sockeye.firstDifference(pair.reference);
        StringBuilder text = new StringBuilder().append(scenario).append('\n');
        for (int i = Math.max(0, at - 3); i < at; i++) {
            text.append("    both     ").append(pair.sockeye.at(i)).append('\n');
        }
        for (int i = at; i < at + 3; i++) {
            text.append("    sockeye  ").append(pair.sockeye.at(i)).append('\n');
        }
        for (int i = at; i < at + 3; i++) {
            text.append("    node     ").append(pair.reference.at(i)).append('\n');
        }
        return text.toString();
    }

    private void once(Scenario scenario) {
        String text = first.remove(scenario);
        if (text == null || text.isEmpty()) {
            late.incrementAndGet();
        } else {
            onlyOnce.add("ONCE: " + text);
        }
    }

    /** The scenarios that differed in the first run only, in more than the step after which something was seen. */
    Collection<String> onlyOnce() {
        return onlyOnce;
    }

    private record Pair(Transcript sockeye, Transcript reference) {}

    private Pair play(Scenario scenario, Duration quiet, ExecutorService threads) {
        String run = "run" + names.incrementAndGet();
        CompletableFuture<Transcript> other =
                CompletableFuture.supplyAsync(() -> play(reference, scenario, run, quiet), threads);
        Transcript ours = play(sockeye, scenario, run, quiet);
        return new Pair(ours, other.join());
    }

    private static Transcript play(Side side, Scenario scenario, String run, Duration quiet) {
        try {
            return Play.of(side, scenario, run, quiet);
        } catch (IOException | RuntimeException e) {
            throw new CompletionException(side.name() + ": " + scenario, e);
        }
    }

    /** Why the results are considered equal, possibly by a known difference; {@code null} if they are not. */
    private @Nullable String verdict(Scenario scenario, Duration quiet, ExecutorService threads) {
        Pair pair = play(scenario, quiet, threads);
        if (pair.sockeye.firstDifference(pair.reference) < 0) {
            return "same";
        }
        String known = KnownDifferences.explain(scenario, pair.sockeye, pair.reference);
        if (known == null) {
            boolean sameLines = pair.sockeye.sameExceptForSteps(pair.reference);
            first.putIfAbsent(scenario, sameLines ? "" : text(scenario, pair));
        } else {
            synchronized (explained) {
                explained.merge(known, 1, Integer::sum);
                List<String> kept = samples.computeIfAbsent(known, key -> new ArrayList<>());
                if (kept.size() < samplesOfEach) {
                    kept.add(text(scenario, pair));
                }
            }
        }
        return known;
    }

    List<String> unexplained() {
        return unexplained;
    }

    /** Some differences for each explanation. */
    Map<String, List<String>> samples() {
        return samples;
    }

    /** How often each known difference was found. */
    Map<String, Integer> explained() {
        return explained;
    }

    String summary() {
        StringBuilder text = new StringBuilder();
        explained.forEach((name, count) -> text.append(String.format("%6d  %s%n", count, name)));
        return text.append(String.format(
                        "%d scenarios, %d explained, %d seen late once, %d differed otherwise once, %d unexplained",
                        compared,
                        explained.values().stream().mapToInt(Integer::intValue).sum(),
                        late.get(),
                        onlyOnce.size(),
                        unexplained.size()))
                .toString();
    }
}
