package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.util.ArrayList;
import java.util.List;

/** The same messages for many sessions: one task for each loop, however many sessions live there. */
final class Broadcast {
    private final Unit unit;
    private final List<Group> groups = new ArrayList<>(4);

    private record Group(EngineLoop loop, List<EngineSocket> receivers) {}

    Broadcast(Unit unit) {
        this.unit = unit;
    }

    void add(EngineSocket receiver) {
        EngineLoop loop = receiver.loop();
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.loop == loop) {
                group.receivers.add(receiver);
                return;
            }
        }
        List<EngineSocket> receivers = new ArrayList<>();
        receivers.add(receiver);
        groups.add(new Group(loop, receivers));
    }

    void run() {
        for (Group group : groups) {
            if (group.loop.inLoop()) {
                accept(group);
            } else {
                group.loop.execute(() -> accept(group));
            }
        }
    }

    private void accept(Group group) {
        List<EngineSocket> receivers = group.receivers;
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).accept(unit);
        }
    }
}
