package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RoomMembersTest {
    private final RoomMembers members = new RoomMembers();
    private final List<String> visited = new ArrayList<>();

    private static LocalSocket socket(String id) {
        return (LocalSocket) Proxy.newProxyInstance(
                LocalSocket.class.getClassLoader(), new Class<?>[] {LocalSocket.class}, (proxy, method, args) -> {
                    return switch (method.getName()) {
                        case "id" -> id;
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == args[0];
                        default -> throw new UnsupportedOperationException(method.getName());
                    };
                });
    }

    /** Adds sockets until the room is no longer a small one; they must not be visited twice. */
    private List<String> fill() {
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 2 * RoomMembers.SMALL; i++) {
            members.add("filler" + i, socket("filler" + i));
            ids.add("filler" + i);
        }
        return ids;
    }

    @Test
    void aSocketThatRejoinsDuringIterationOfASmallRoomIsVisitedOnce() {
        leaveAndJoinDuringAVisit(List.of());
    }

    @Test
    void aSocketThatRejoinsDuringIterationOfALargeRoomIsVisitedOnce() {
        leaveAndJoinDuringAVisit(fill());
    }

    /** "Aa" and "BB" have the same hash code, so they are in one list of the map. */
    private void leaveAndJoinDuringAVisit(List<String> others) {
        LocalSocket first = socket("Aa");
        members.add("Aa", first);
        members.add("BB", socket("BB"));
        members.visitOnce(socket -> {
            visited.add(socket.id());
            if (socket == first && visited.size() < 50) {
                members.remove("Aa");
                members.add("Aa", first);
            }
        });
        List<String> all = new ArrayList<>(others);
        all.addAll(List.of("Aa", "BB"));
        assertThat(visited).containsExactlyInAnyOrderElementsOf(all);
        visited.clear();
        members.visitOnce(socket -> visited.add(socket.id()));
        assertThat(visited).as("the next visit").containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void aSocketThatJoinsDuringIterationIsAMember() {
        members.add("a", socket("a"));
        members.visitOnce(socket -> members.add("b", socket("b")));
        assertThat(members.ids()).containsExactlyInAnyOrder("a", "b");
        assertThat(members.contains("b")).isTrue();
        members.visit(socket -> visited.add(socket.id()));
        assertThat(visited).containsExactlyInAnyOrder("a", "b");
        members.remove("a");
        members.remove("b");
        assertThat(members.isEmpty()).isTrue();
    }

    /** Compares it with a map over random changes that make it grow and shrink across the limit of a small room. */
    @Test
    void membersAreCorrectWhileTheRoomGrowsAndShrinks() {
        Random random = new Random(1);
        Map<String, LocalSocket> expected = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            boolean grows = (i / 200) % 2 == 0;
            String id = "s" + random.nextInt(3 * RoomMembers.SMALL);
            if (random.nextInt(10) < (grows ? 8 : 2)) {
                LocalSocket socket = socket(id);
                members.add(id, socket);
                expected.put(id, socket);
            } else {
                members.remove(id);
                expected.remove(id);
            }
            List<LocalSocket> seen = new ArrayList<>();
            members.visitOnce(seen::add);
            assertThat(new HashSet<>(seen)).isEqualTo(new HashSet<>(expected.values()));
            assertThat(seen).hasSameSizeAs(expected.values());
            assertThat(members.ids()).isEqualTo(expected.keySet());
            assertThat(members.contains(id)).isEqualTo(expected.containsKey(id));
            assertThat(members.isEmpty()).isEqualTo(expected.isEmpty());
        }
    }

    @Test
    void iterationVisitsOnlyTheInitialMembersWhenTheRoomGrows() {
        members.add("a", socket("a"));
        members.add("b", socket("b"));
        members.visitOnce(socket -> {
            visited.add(socket.id());
            fill();
        });
        assertThat(visited).containsExactly("a", "b");
        assertThat(members.ids()).hasSize(2 + 2 * RoomMembers.SMALL);
    }

    @Test
    void onlyALargeRoomIsChangedWithoutALock() {
        members.add("a", socket("a"));
        assertThat(members.addToLarge("b", socket("b"))).isFalse();
        assertThat(members.removeFromLarge("a")).isFalse();
        assertThat(members.ids()).containsExactly("a");
        List<String> ids = fill();
        assertThat(members.addToLarge("b", socket("b"))).isTrue();
        assertThat(members.contains("b")).isTrue();
        assertThat(members.removeFromLarge("b")).isTrue();
        assertThat(members.contains("b")).isFalse();
        while (members.removeFromLarge(ids.get(0))) {
            ids.remove(0);
        }
        assertThat(members.ids()).as("the caller has to make it small").hasSize(RoomMembers.SMALL / 2);
        members.remove(ids.remove(0));
        assertThat(members.addToLarge("b", socket("b"))).isFalse();
        assertThat(members.ids()).hasSize(RoomMembers.SMALL / 2).containsAll(ids.subList(0, 1));
    }
}
