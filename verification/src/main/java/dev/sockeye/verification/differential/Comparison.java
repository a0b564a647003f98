package dev.sockeye.verification.differential;

import dev.sockeye.verification.differential.KnownDifferences.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
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
    private int explainedScenarios;
    /** Explained scenarios in which something was left out from some step on. */
    private int inPart;

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
                                        && difference(scenario, quiet, threads) != null) {
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
                                if (difference(scenario, AGAIN, threads) != null) {
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
        int crashes = reference.crashes();
        Pair left = difference(scenario, ALONE, threads);
        if (left == null) {
            once(scenario);
            return;
        }
        boolean crashed = reference.crashes() > crashes;
        String difference = "UNEXPLAINED: " + text(scenario, left) + (crashed ? "    node threw\n" : "");
        unexplained.add(difference);
        found.accept(difference);
    }

    private static String text(Scenario scenario, Pair pair) {
        int at = pair.firstDifference();
        StringBuilder text = new StringBuilder().append(scenario).append('\n');
        for (int i = Math.max(0, at - 3); i < at; i++) {
            text.append("    both     ").append(pair.sockeye().at(i)).append('\n');
        }
        for (int i = at; i < at + 3; i++) {
            text.append("    sockeye  ").append(pair.sockeye().at(i)).append('\n');
        }
        for (int i = at; i < at + 3; i++) {
            text.append("    node     ").append(pair.reference().at(i)).append('\n');
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

    /** What differs without a reason; {@code null} if nothing does. */
    private @Nullable Pair difference(Scenario scenario, Duration quiet, ExecutorService threads) {
        Pair pair = play(scenario, quiet, threads);
        if (pair.firstDifference() < 0) {
            return null;
        }
        Verdict verdict = KnownDifferences.explain(scenario, pair);
        Separately separately = new Separately(scenario);
        if (verdict.left() != null && separately.differs()) {
            Verdict apart = apart(separately, quiet, threads);
            if (apart.left() != null) {
                verdict = apart;
            } else {
                List<String> decisions = new ArrayList<>(apart.decisions());
                decisions.add(
                        separately.pipelined()
                                ? KnownDifferences.PIPELINED
                                : separately.early() ? KnownDifferences.EARLY : KnownDifferences.ORDER);
                verdict = new Verdict(decisions, null, apart.whole());
            }
        } else if (!verdict.whole() && verdict.decisions().contains(KnownDifferences.ATTACHMENTS)) {
            // the number of polls differs, but not what they receive
            if (apart(separately, quiet, threads).left() == null) {
                verdict = new Verdict(verdict.decisions(), null, true);
            }
        }
        if (verdict.left() != null) {
            boolean sameLines = pair.sockeye().sameExceptForSteps(pair.reference());
            first.putIfAbsent(scenario, sameLines ? "" : text(scenario, verdict.left()));
            return verdict.left();
        }
        explained(scenario, pair, verdict);
        return null;
    }

    private void explained(Scenario scenario, Pair pair, Verdict verdict) {
        synchronized (explained) {
            explainedScenarios++;
            if (!verdict.whole()) {
                inPart++;
            }
            for (String decision : new LinkedHashSet<>(verdict.decisions())) {
                explained.merge(decision, 1, Integer::sum);
                List<String> kept = samples.computeIfAbsent(decision, key -> new ArrayList<>());
                if (kept.size() < samplesOfEach) {
                    kept.add(text(scenario, pair));
                }
            }
        }
    }

    /** The scenario with one packet at a time on the official server, which this server must equal with all packets of a step at once. */
    private Verdict apart(Separately separately, Duration quiet, ExecutorService threads) {
        String run = "run" + names.incrementAndGet();
        CompletableFuture<Transcript> other =
                CompletableFuture.supplyAsync(() -> play(reference, separately.apart(), run, quiet), threads);
        Transcript ours = play(sockeye, separately.together(), run, quiet);
        return KnownDifferences.explain(
                separately.together(), new Pair(separately.together(ours), separately.apart(other.join())));
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
                        "%d scenarios, %d explained (%d of them not to the end), %d seen late once, %d differed otherwise once, %d unexplained",
                        compared, explainedScenarios, inPart, late.get(), onlyOnce.size(), unexplained.size()))
                .toString();
    }
}
