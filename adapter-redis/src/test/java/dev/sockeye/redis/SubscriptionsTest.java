package dev.sockeye.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sockeye.redis.RedisConnections.Kind;
import dev.sockeye.redis.RedisConnections.Topic;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** Topics end as wanted, whoever wants what when, and however late Redis answers. */
class SubscriptionsTest {
    private static final Topic ROOM = new Topic(Kind.SHARD, "room");

    private final Queue<Runnable> later = new ArrayDeque<>();
    private final RecordingDriver driver = new RecordingDriver();
    private final Subscriptions subscriptions = new Subscriptions(driver, (delay, task) -> later.add(task));

    /** A Redis that answers on demand, and checks that it is called without a lock, with one command at a time for each topic. */
    private final class RecordingDriver implements Subscriptions.Driver {
        final List<String> commands = new ArrayList<>();
        final Set<Topic> subscribed = new HashSet<>();
        final Map<Topic, Runnable> open = new HashMap<>();
        final Map<Topic, CompletableFuture<Void>> answers = new HashMap<>();
        boolean atOnce;

        @Override
        public CompletionStage<Void> subscribe(Topic topic) {
            return command(topic, "+", () -> subscribed.add(topic));
        }

        @Override
        public CompletionStage<Void> unsubscribe(Topic topic) {
            return command(topic, "-", () -> subscribed.remove(topic));
        }

        private CompletionStage<Void> command(Topic topic, String sign, Runnable effect) {
            assertThat(Thread.holdsLock(subscriptions)).as("called with a lock").isFalse();
            assertThat(open).as("two commands for one topic").doesNotContainKey(topic);
            commands.add(sign + topic.name());
            CompletableFuture<Void> answer = new CompletableFuture<>();
            open.put(topic, effect);
            answers.put(topic, answer);
            if (atOnce) {
                answer(topic);
            }
            return answer;
        }

        void answer(Topic topic) {
            open.remove(topic).run();
            answers.remove(topic).complete(null);
        }

        void fail(Topic topic) {
            open.remove(topic);
            answers.remove(topic).completeExceptionally(new IllegalStateException("expected"));
        }
    }

    private CompletableFuture<Void> subscribe(Object owner, List<String> got) {
        return subscriptions.subscribe(ROOM, owner, (channel, message) -> got.add(channel));
    }

    @Test
    void unsubscribingAPreviousOwnerHasNoEffect() {
        driver.atOnce = true;
        List<String> old = new ArrayList<>();
        List<String> fresh = new ArrayList<>();
        subscribe("old", old).join();
        subscribe("new", fresh).join();
        subscriptions.unsubscribe(ROOM, "old").join();
        subscriptions.unsubscribeAll("old").join();
        assertThat(driver.subscribed).containsExactly(ROOM);
        subscriptions.listener(ROOM).onMessage("c", new byte[0]);
        assertThat(old).isEmpty();
        assertThat(fresh).containsExactly("c");
        subscriptions.unsubscribe(ROOM, "new").join();
        assertThat(driver.subscribed).isEmpty();
        assertThat(subscriptions.confirmed()).as("nothing is left").isEmpty();
    }

    @Test
    void changesDuringAPendingCommandAreSentAfterItsResponse() {
        subscribe("a", new ArrayList<>());
        CompletableFuture<Void> gone = subscriptions.unsubscribe(ROOM, "a");
        CompletableFuture<Void> back = subscribe("a", new ArrayList<>());
        assertThat(driver.commands).containsExactly("+room");
        assertThat(back).isNotDone();
        driver.answer(ROOM);
        assertThat(driver.commands).as("the subscription is as requested").containsExactly("+room");
        assertThat(gone).isDone();
        assertThat(back).isDone();
        subscriptions.unsubscribe(ROOM, "a");
        subscribe("b", new ArrayList<>());
        driver.answer(ROOM);
        driver.answer(ROOM);
        assertThat(driver.commands).containsExactly("+room", "-room", "+room");
        assertThat(driver.subscribed).containsExactly(ROOM);
    }

    @Test
    void aFailedCommandIsRetriedWhileItIsStillNeeded() {
        CompletableFuture<Void> first = subscribe("a", new ArrayList<>());
        driver.fail(ROOM);
        assertThat(first).as("no caller waits longer than one attempt").isDone();
        later.remove().run();
        driver.answer(ROOM);
        assertThat(driver.subscribed).containsExactly(ROOM);
        subscriptions.unsubscribe(ROOM, "a");
        driver.fail(ROOM);
        subscribe("a", new ArrayList<>());
        later.remove().run();
        assertThat(driver.commands).containsExactly("+room", "+room", "-room");
        assertThat(driver.subscribed).containsExactly(ROOM);
    }

    @Test
    void allTopicsAreResubscribedOnANewConnection() {
        driver.atOnce = true;
        subscribe("a", new ArrayList<>());
        driver.subscribed.clear();
        subscriptions.lost();
        assertThat(driver.subscribed).containsExactly(ROOM);
        driver.atOnce = false;
        subscriptions.lost();
        subscriptions.lost();
        driver.answer(ROOM);
        driver.answer(ROOM);
        assertThat(driver.open).isEmpty();
        assertThat(driver.commands).hasSize(4).containsOnly("+room");
    }

    /** Lettuce subscribes again what Redis had not confirmed as unsubscribed: an unused subscription would be counted as a server. */
    @Test
    void whatCouldNotBeUnsubscribedIsUnsubscribedOnANewConnection() {
        driver.atOnce = true;
        subscribe("a", new ArrayList<>());
        driver.atOnce = false;
        subscriptions.unsubscribe(ROOM, "a");
        driver.fail(ROOM); // the connection is lost
        driver.atOnce = true;
        subscriptions.lost(); // it is back, with what was subscribed before
        while (!later.isEmpty()) {
            later.remove().run();
        }
        assertThat(driver.subscribed).isEmpty();
        assertThat(subscriptions.confirmed()).as("nothing is left").isEmpty();
    }

    @Test
    void aTopicThatIsUnsubscribedWhileTheConnectionIsReopenedIsUnsubscribedOnTheNewOne() {
        driver.atOnce = true;
        subscribe("a", new ArrayList<>());
        subscriptions.unconfirm();
        subscriptions.unsubscribe(ROOM, "a");
        subscriptions.lost();
        assertThat(driver.subscribed).isEmpty();
        assertThat(subscriptions.confirmed()).as("nothing is left").isEmpty();
    }

    @Test
    void subscriptionsMatchTheWantedTopicsAfterRandomChanges() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            Map<Topic, String> wanted = new HashMap<>();
            for (int step = 0; step < 40; step++) {
                Topic topic = new Topic(Kind.SHARD, "t" + random.nextInt(3));
                String owner = random.nextBoolean() ? "o0" : "o1"; // the same objects each time
                switch (random.nextInt(7)) {
                    case 0, 1 -> {
                        subscriptions.subscribe(topic, owner, (channel, message) -> {});
                        wanted.put(topic, owner);
                    }
                    case 2, 3 -> {
                        subscriptions.unsubscribe(topic, owner);
                        wanted.remove(topic, owner);
                    }
                    case 4 -> driver.open.keySet().stream().findFirst().ifPresent(driver::answer);
                    case 5 -> driver.open.keySet().stream().findFirst().ifPresent(driver::fail);
                    default -> {
                        if (!later.isEmpty()) {
                            later.remove().run();
                        }
                    }
                }
            }
            while (!driver.open.isEmpty() || !later.isEmpty()) {
                List.copyOf(driver.open.keySet()).forEach(driver::answer);
                if (!later.isEmpty()) {
                    later.remove().run();
                }
            }
            assertThat(driver.subscribed).as("seed " + seed).isEqualTo(wanted.keySet());
            subscriptions.unsubscribeAll("o0");
            subscriptions.unsubscribeAll("o1");
            while (!driver.open.isEmpty()) {
                List.copyOf(driver.open.keySet()).forEach(driver::answer);
            }
            assertThat(driver.subscribed).isEmpty();
        }
    }
}
