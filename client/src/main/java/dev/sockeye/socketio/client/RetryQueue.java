package dev.sockeye.socketio.client;

import dev.sockeye.socketio.PacketTooLargeException;
import dev.sockeye.socketio.SocketDisconnectedException;
import dev.sockeye.socketio.SocketIoException;
import dev.sockeye.socketio.TransportException;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Events that are sent one at a time, and again if no answer arrives. Used on the loop only. */
final class RetryQueue {
    private final SocketCore core;
    private final Outbox outbox;
    private final int retries;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();
    private boolean draining;

    RetryQueue(SocketCore core, Outbox outbox, int retries) {
        this.core = core;
        this.outbox = outbox;
        this.retries = retries;
    }

    private static final class Entry {
        final Emission emission;
        final Emission.Flags flags;
        final Emission.@Nullable Answer answer;
        /** The arguments as they were when the event was emitted; they need no code of the application. */
        final Arguments wire;

        int tries;
        boolean pending;
        /** The acknowledgement id of the latest try. */
        long ackId = SocketPacket.NO_ID;

        Entry(Emission emission, Arguments wire, Emission.Flags flags, Emission.@Nullable Answer answer) {
            this.emission = emission;
            this.wire = wire;
            this.flags = flags;
            this.answer = answer;
        }
    }

    /** One try of an entry. */
    private final class Try implements Emission.Answer {
        private final Entry entry;

        Try(Entry entry) {
            this.entry = entry;
        }

        @Override
        public void numbered(long ackId) {
            entry.ackId = ackId;
        }

        @Override
        public void done(@Nullable SocketIoException error, Arguments args) {
            ended(entry, error, args, 0);
        }

        @Override
        public void answered(Arguments args, int size) {
            ended(entry, null, args, size);
        }
    }

    void addTo(List<BufferedEvent> events) {
        for (Entry entry : entries) {
            events.add(new BufferedEvent(entry.emission.event(), entry.emission.args(), entry.answer != null));
        }
    }

    int size() {
        return entries.size();
    }

    /** Whether the application waits for an answer. */
    boolean isAwaited() {
        for (Entry entry : entries) {
            if (entry.answer != null) {
                return true;
            }
        }
        return false;
    }

    void add(Emission emission, Arguments wire, Emission.Flags flags, Emission.@Nullable Answer answer) {
        entries.add(new Entry(emission, wire, flags, answer));
        drain(false);
    }

    private @Nullable Entry oldestUnsent() {
        for (Entry entry : entries) {
            if (!entry.pending && entry.tries == 0) {
                return entry;
            }
        }
        return null;
    }

    /** Drops the oldest event that was not sent yet; {@code false} if there is none. */
    boolean dropOldest(SocketIoException reason) {
        Entry oldest = oldestUnsent();
        if (oldest == null) {
            return false;
        }
        entries.remove(oldest);
        finish(oldest, reason, Arguments.none(), 0);
        return true;
    }

    /** Drops all events that were not sent yet; their acknowledgements fail. */
    void clear(SocketIoException reason) {
        for (Entry entry = oldestUnsent(); entry != null; entry = oldestUnsent()) {
            entries.remove(entry);
            outbox.settled(entry.emission);
            if (entry.answer != null) {
                entry.answer.done(reason, Arguments.none());
            }
        }
    }

    /** Removes the entry of this answer; {@code false} if there is none. */
    boolean abandon(Emission.Answer answer) {
        for (Entry entry : entries) {
            if (entry.answer == answer) {
                boolean first = entry == entries.peek();
                entries.remove(entry);
                outbox.settled(entry.emission);
                outbox.forget(entry.ackId);
                if (first) {
                    drain(false);
                }
                return true;
            }
        }
        return false;
    }

    /** The acknowledgement id of the latest try of the first event; {@link SocketPacket#NO_ID} if it was not tried. */
    long sentId() {
        Entry first = entries.peek();
        return first == null ? SocketPacket.NO_ID : first.ackId;
    }

    /** Sends the first event, unless it was sent and waits for its answer; {@code force}: sends it anyway, because the connection is new. */
    void drain(boolean force) {
        if (draining) {
            return; // a try failed while it was sent: the loop below continues
        }
        draining = true;
        try {
            for (Entry next = sendable(force); next != null; next = sendable(false)) {
                next.pending = true;
                next.tries++;
                outbox.sendNow(next.emission, next.wire, next.flags, new Try(next));
            }
        } finally {
            draining = false;
        }
    }

    private @Nullable Entry sendable(boolean force) {
        Entry first = entries.peek();
        return first == null || !core.connected || (first.pending && !force) ? null : first;
    }

    private void ended(Entry entry, @Nullable SocketIoException error, Arguments args, int size) {
        if (entry != entries.peek()) {
            return; // an earlier try was answered
        }
        boolean hopeless = error instanceof PacketTooLargeException
                || (error instanceof TransportException failure
                        && failure.reason().equals(Outbox.UNENCODABLE));
        if (error == null || hopeless || entry.tries > retries) {
            entries.remove();
            finish(entry, error, args, size);
        }
        entry.pending = false;
        drain(false);
    }

    private void finish(Entry entry, @Nullable SocketIoException error, Arguments args, int size) {
        outbox.settled(entry.emission);
        Emission.Answer answer = entry.answer;
        if (error == null) {
            if (answer != null) {
                answer.answered(args, size);
            }
        } else if (answer != null) {
            answer.done(error, args);
        } else {
            core.reportError(error);
        }
    }

    /** The client is closed. Events for whose answer nobody waits are reported together. */
    void failAll(SocketIoException reason) {
        int unawaited = 0;
        while (!entries.isEmpty()) {
            Entry entry = entries.remove();
            outbox.settled(entry.emission);
            if (entry.answer == null) {
                unawaited++;
            } else {
                entry.answer.done(reason, Arguments.none());
            }
        }
        if (unawaited > 0) {
            core.reportError(new SocketDisconnectedException(
                    reason.getMessage() + "; " + unawaited + " events were not acknowledged"));
        }
    }
}
