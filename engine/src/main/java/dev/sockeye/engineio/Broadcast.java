package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.protocol.EnginePacket.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the same messages, encoded once, to many sessions: sessions of the calling thread's loop are written in {@link
 * #add}, all others by one task for each loop in {@link #send}, so that no task is needed for each session. Used by one
 * thread.
 */
public final class Broadcast {
    private final PacketBatch unit;
    private final boolean onlyWritable;
    private final List<Group> groups = new ArrayList<>(0);
    private List<Part> parts = List.of();
    private @Nullable EngineLoop own;

    private record Group(EngineLoop loop, List<EngineSocket> receivers) {}

    /**
     * @param messages one or more; the list is not changed afterwards
     * @param compress whether the transports may compress them
     * @param onlyWritable whether to skip sessions that are not {@linkplain EngineSocket#writable() writable}
     */
    public Broadcast(List<Message> messages, boolean compress, boolean onlyWritable) {
        this(messages, compress, onlyWritable, Retention.KEEP);
    }

    /**
     * @param messages one or more; the list is not changed afterwards
     * @param compress whether the transports may compress them
     * @param onlyWritable whether to skip sessions that are not {@linkplain EngineSocket#writable() writable}
     * @param retention whether they may be dropped while they wait for a slow receiver
     */
    public Broadcast(List<Message> messages, boolean compress, boolean onlyWritable, Retention retention) {
        this.unit = new PacketBatch(messages, compress, PacketBatch.size(messages), null, retention);
        this.onlyWritable = onlyWritable;
    }

    /** Adds a receiver; must be called only once for each receiver. */
    public void add(EngineSocket receiver) {
        if (!(onlyWritable ? receiver.reserveWhenIdle(unit.size()) : receiver.reserve(unit))) {
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

    /**
     * Adds a receiver without writing: nothing is written and no listener is called before {@link Part#write}. Must be
     * called only once for each receiver, and must not be combined with {@link #add}. For callers that hold a lock.
     */
    public void collect(EngineSocket receiver) {
        boolean counted;
        if (onlyWritable) {
            counted = receiver.reserveWhenIdle(unit.size());
            if (!counted) {
                return;
            }
        } else if (receiver.readyState() == EngineSocket.ReadyState.CLOSED) {
            return;
        } else {
            counted = receiver.reserveWithin(unit);
        }
        EngineLoop loop = receiver.loop();
        for (Part part : parts) {
            if (part.loop == loop) {
                part.add(receiver, counted);
                return;
            }
        }
        Part part = new Part(loop, unit);
        part.add(receiver, counted);
        parts = parts.isEmpty() ? new ArrayList<>(4) : parts;
        parts.add(part);
    }

    /** The collected receivers of each loop. */
    public List<Part> parts() {
        return parts;
    }

    /** The receivers of one loop. */
    public static final class Part {
        private final EngineLoop loop;
        private final PacketBatch unit;
        private final List<EngineSocket> receivers = new ArrayList<>();
        private final List<EngineSocket> full = new ArrayList<>(0);

        private Part(EngineLoop loop, PacketBatch unit) {
            this.loop = loop;
            this.unit = unit;
        }

        private void add(EngineSocket receiver, boolean counted) {
            (counted ? receivers : full).add(receiver);
        }

        /** The loop on which {@link #write} must be called. */
        public EngineLoop loop() {
            return loop;
        }

        /**
         * Whether all packets that other threads have sent to the receivers before have reached the loop. On the loop.
         */
        public boolean isNext() {
            for (int i = 0; i < receivers.size(); i++) {
                if (!receivers.get(i).isNext(unit)) {
                    return false;
                }
            }
            return true;
        }

        /** Writes to the receivers, and closes those whose outbound buffer is full. Called once, on the loop. */
        public void write() {
            for (int i = 0; i < receivers.size(); i++) {
                receivers.get(i).accept(unit);
            }
            for (int i = 0; i < full.size(); i++) {
                full.get(i).refuse(unit);
            }
        }

        /** Gives up instead of {@link #write}, because the loop has ended: the bytes of the receivers are no longer counted. */
        public void abandon() {
            receivers.forEach(receiver -> receiver.loopEnded(unit));
        }
    }

    /** Passes the messages to the other loops. Called once, at the end. */
    public void send() {
        for (Group group : groups) {
            try {
                group.loop.execute(() -> accept(group.receivers));
            } catch (RejectedExecutionException e) { // the receivers on other loops must get it nevertheless
                group.receivers.forEach(receiver -> receiver.loopEnded(unit));
            }
        }
    }

    private void accept(List<EngineSocket> receivers) {
        for (int i = 0; i < receivers.size(); i++) {
            receivers.get(i).accept(unit);
        }
    }
}
