package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The same messages for many sessions, encoded once: sessions of the calling thread's loop get them in {@link #add}, all others
 * with one task for each loop in {@link #send}, so that writing to thousands costs no task for each. Used by one thread.
 */
public final class Broadcast {
    private final Unit unit;
    private final boolean onlyWritable;
    private final List<Group> groups = new ArrayList<>(0);
    private @Nullable EngineLoop own;

    private record Group(EngineLoop loop, List<EngineSocket> receivers) {}

    /**
     * @param messages one or more; the list is not changed afterwards
     * @param compress whether the transports may compress them
     * @param onlyWritable whether to skip sessions that are not {@linkplain EngineSocket#writable() writable}
     */
    public Broadcast(List<Message> messages, boolean compress, boolean onlyWritable) {
        this.unit = new Unit(messages, compress, Unit.size(messages), null);
        this.onlyWritable = onlyWritable;
    }

    /** Adds a receiver, each one once. */
    public void add(EngineSocket receiver) {
        if (!(onlyWritable ? receiver.reserveWhenIdle(unit.size()) : receiver.reserve(unit.size()))) {
            return;
        }
        EngineLoop loop = receiver.loop();
        if (loop == own) {
            receiver.acceptInOrder(unit);
        } else if (loop.inLoop()) {
            own = loop;
            receiver.acceptInOrder(unit);
        } else {
            group(loop).add(receiver);
        }
    }

    private List<EngineSocket> group(EngineLoop loop) {
        for (int i = 0; i < groups.size(); i++) {
            Group group = groups.get(i);
            if (group.loop == loop) {
                return group.receivers;
            }
        }
        List<EngineSocket> receivers = new ArrayList<>();
        groups.add(new Group(loop, receivers));
        return receivers;
    }

    /** Hands the messages over to the other loops; once, at the end. */
    public void send() {
        for (Group group : groups) {
            group.loop.execute(() -> accept(group.receivers));
        }
    }

    private void accept(List<EngineSocket> receivers) {
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).accept(unit);
        }
    }
}
