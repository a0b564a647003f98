package dev.sockeye.socketio.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RoomMembersTest {
    private final RoomMembers members = new RoomMembers();
    private final List<String> visited = new ArrayList<>();

    private static LocalSocket socket(String id) {
        return (LocalSocket) Proxy.newProxyInstance(
                LocalSocket.class.getClassLoader(), new Class<?>[] {LocalSocket.class}, (proxy, method, args) -> {
                    if (method.getName().equals("id")) {
                        return id;
                    }
                    throw new UnsupportedOperationException(method.getName());
                });
    }

    /** "Aa" and "BB" have the same hash code, so they are in one list of the map. */
    @Test
    void aSocketThatLeavesAndJoinsAgainDuringAVisitIsVisitedOnce() {
        LocalSocket first = socket("Aa");
        members.add("Aa", first);
        members.add("BB", socket("BB"));
        members.visitOnce(socket -> {
            visited.add(socket.id());
            if (socket == first && visited.size() < 10) {
                members.remove("Aa");
                members.add("Aa", first);
            }
        });
        assertThat(visited).containsExactlyInAnyOrder("Aa", "BB");
        visited.clear();
        members.visitOnce(socket -> visited.add(socket.id()));
        assertThat(visited).as("the next visit").containsExactlyInAnyOrder("Aa", "BB");
    }

    @Test
    void aSocketThatJoinsDuringAVisitIsAMember() {
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
}
