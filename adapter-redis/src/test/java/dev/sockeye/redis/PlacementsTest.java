package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.redis.RedisConnections.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each topic ends at the member that has its slot and nowhere else, whatever moves while commands are under way. */
class PlacementsTest {
    private static final Topic ROOM = new Topic(Kind.SHARD, "room");

    private final Map<Topic, @Nullable String> owners = new java.util.HashMap<>();
    private final Map<Topic, Set<String>> subscribed =
            new TreeMap<>((a, b) -> a.name().compareTo(b.name()));
    private final List<Command> underWay = new ArrayList<>();
    private final Placements placements = new Placements(new SimulatedMembers());

    private record Command(String text, Runnable effect, CompletableFuture<Void> answer) {
        void end() {
            effect.run();
            answer.complete(null);
        }
    }

    private final class SimulatedMembers implements Placements.Members {
        @Override
        public @Nullable String locate(Topic topic, @Nullable String at) {
            assertThat(Thread.holdsLock(placements)).isFalse();
            return owners.get(topic);
        }

        @Override
        public CompletionStage<Void> subscribe(String member, Topic topic) {
            return command("+" + topic.name() + member, () -> at(topic).add(member));
        }

        @Override
        public CompletionStage<Void> unsubscribe(String member, Topic topic) {
            return command("-" + topic.name() + member, () -> at(topic).remove(member));
        }

        private CompletionStage<Void> command(String text, Runnable effect) {
            assertThat(Thread.holdsLock(placements)).isFalse();
            CompletableFuture<Void> answer = new CompletableFuture<>();
            underWay.add(new Command(text, effect, answer));
            return answer;
        }
    }

    private Set<String> at(Topic topic) {
        return subscribed.computeIfAbsent(topic, name -> new TreeSet<>());
    }

    private void endAll() {
        while (!underWay.isEmpty()) {
            underWay.remove(0).end();
        }
    }

    @Test
    void aSlotThatMovesWhileTheTopicIsSubscribedLeavesNoSubscriptionBehind() {
        owners.put(ROOM, "A");
        CompletableFuture<Void> done = placements.subscribe(ROOM);
        owners.put(ROOM, "B");
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("B");
        assertThat(done).isCompleted();
    }

    @Test
    void aTopicThatIsNoLongerWantedWhileItMovesIsSubscribedNowhere() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        endAll();
        owners.put(ROOM, "B");
        placements.settle();
        CompletableFuture<Void> done = placements.unsubscribe(ROOM);
        assertThat(done).isNotDone();
        endAll();
        assertThat(at(ROOM)).isEmpty();
        assertThat(done).isCompleted();
    }

    @Test
    void aSubscriptionThatAMemberLosesWhileItIsConfirmedIsRenewed() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        placements.lost("A");
        endAll();
        assertThat(underWay).isEmpty();
        at(ROOM).clear();
        placements.lost("A");
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("A");
    }

    @Test
    void aFailedCommandFailsTheCallAndIsSentAgain() {
        owners.put(ROOM, "A");
        CompletableFuture<Void> done = placements.subscribe(ROOM);
        underWay.remove(0).answer.completeExceptionally(new IllegalStateException("expected in this test"));
        assertThat(done).isCompletedExceptionally();
        assertThat(underWay).isEmpty();
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("A");
    }

    /** A room is created while the connections are checked: nothing is wrong. */
    @Test
    void aCommandUnderWayIsNoProblemUnlessItDoesNotEnd() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        assertThat(placements.settle()).isTrue();
        assertThat(placements.settle()).isFalse();
        endAll();
        assertThat(placements.settle()).isTrue();
        placements.unsubscribe(ROOM);
        assertThat(placements.settle()).isTrue();
    }

    /** The connection may be back before the next check. */
    @Test
    void aTopicOfALostConnectionIsAProblemAtOnce() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        endAll();
        assertThat(placements.isMissing()).isFalse();
        placements.lost("B");
        assertThat(placements.settle()).isTrue();
        placements.lost("A");
        assertThat(placements.isMissing()).isTrue();
        assertThat(placements.settle()).isFalse();
        assertThat(placements.isMissing()).isTrue();
        endAll();
        assertThat(placements.isMissing()).isFalse();
        assertThat(placements.settle()).isTrue();
    }

    /** As when the connection to the former master is broken, but it is still a member. */
    @Test
    void aTopicIsSubscribedAtItsNewMemberEvenIfTheFormerOneDoesNotAnswer() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        endAll();
        owners.put(ROOM, "B");
        placements.settle();
        underWay.remove(0).end();
        assertThat(at(ROOM)).contains("B");
        underWay.remove(0).answer.completeExceptionally(new IllegalStateException("expected in this test"));
        assertThat(underWay).isEmpty();
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("B");
    }

    /** Lettuce renews subscriptions when it reconnects: one of a topic that has moved meanwhile must not stay. */
    @Test
    void aSubscriptionThatWasRenewedIsRemovedWhenTheTopicMoves() {
        owners.put(ROOM, "A");
        placements.subscribe(ROOM);
        endAll();
        placements.lost("A");
        owners.put(ROOM, "B");
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("B");
    }

    @Test
    void aTopicOfASlotThatNobodyHasFailsAndIsSubscribedLater() {
        CompletableFuture<Void> done = placements.subscribe(ROOM);
        assertThat(done).isCompletedExceptionally();
        owners.put(ROOM, "A");
        placements.settle();
        endAll();
        assertThat(at(ROOM)).containsExactly("A");
    }

    @Test
    void topicsEndWhereTheyBelongWhateverHappens() {
        for (int seed = 0; seed < 3_000; seed++) {
            owners.clear();
            subscribed.clear();
            underWay.clear();
            Random random = new Random(seed);
            List<Topic> topics = List.of(new Topic(Kind.SHARD, "x"), new Topic(Kind.CHANNEL, "y"));
            Set<Topic> wanted = new java.util.HashSet<>();
            Placements placed = new Placements(new SimulatedMembers());
            for (int step = 0; step < 40; step++) {
                Topic topic = topics.get(random.nextInt(2));
                String member = String.valueOf((char) ('A' + random.nextInt(3)));
                switch (random.nextInt(8)) {
                    case 0 -> owners.put(topic, member);
                    case 1 -> {
                        wanted.add(topic);
                        placed.subscribe(topic);
                    }
                    case 2 -> {
                        wanted.remove(topic);
                        placed.unsubscribe(topic);
                    }
                    case 3 -> placed.settle();
                    case 4 -> { // the connection was reopened, and its subscriptions were renewed or not
                        if (random.nextBoolean()) {
                            topics.forEach(one -> at(one).remove(member));
                        }
                        placed.lost(member);
                    }
                    case 5 -> { // it is no longer a master
                        topics.forEach(one -> at(one).remove(member));
                        underWay.removeIf(command -> command.text.endsWith(member)
                                && command.answer.completeExceptionally(new IllegalStateException("expected")));
                        placed.gone(member);
                    }
                    case 6 -> {
                        if (!underWay.isEmpty()) {
                            underWay.remove(random.nextInt(underWay.size()))
                                    .answer
                                    .completeExceptionally(new IllegalStateException("expected"));
                        }
                    }
                    default -> {
                        if (!underWay.isEmpty()) {
                            underWay.remove(random.nextInt(underWay.size())).end();
                        }
                    }
                }
            }
            topics.forEach(topic -> owners.put(topic, "C"));
            placed.settle();
            endAll();
            placed.settle();
            endAll();
            for (Topic topic : topics) {
                assertThat(at(topic))
                        .as("seed " + seed + " " + topic)
                        .isEqualTo(wanted.contains(topic) ? Set.of("C") : Set.of());
            }
        }
    }
}
