package dev.sockeye.socketio.client;

import dev.sockeye.socketio.protocol.Arguments;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** Events that are sent one at a time, again when no answer comes. Used on the loop only. */
final class RetryQueue {
    private final SocketCore core;
    private final int retries;
    private final ArrayDeque<Entry> entries = new ArrayDeque<>();

    RetryQueue(SocketCore core, int retries) {
        this.core = core;
        this.retries = retries;
    }

    private static final class Entry {
        final String event;
        final Arguments args;
        final Emission.Flags flags;
        final Emission.@Nullable Answer answer;
        int tries;
        boolean pending;

        Entry(String event, Arguments args, Emission.Flags flags, Emission.@Nullable Answer answer) {
            this.event = event;
            this.args = args;
            this.flags = flags;
            this.answer = answer;
        }
    }

    int size() {
        return entries.size();
    }

    void add(String event, Arguments args, Emission.Flags flags, Emission.@Nullable Answer answer) {
        entries.add(new Entry(event, args, flags, answer));
        drain(false);
    }

    /** Gives up the oldest that was not sent yet; {@code false} when there is none. */
    boolean dropOldest(SocketIoException reason) {
        for (Entry entry : entries) {
            if (!entry.pending && entry.tries == 0) {
                entries.remove(entry);
                finish(entry, reason, Arguments.none());
                return true;
            }
        }
        return false;
    }

    /** Sends the first, if none is under way; with {@code force} also when one was, before the connection was lost. */
    void drain(boolean force) {
        Entry first = entries.peek();
        if (first == null || !core.isConnected() || (first.pending && !force)) {
            return;
        }
        first.pending = true;
        first.tries++;
        core.sendNow(first.event, first.args, first.flags, (error, args) -> answered(first, error, args));
    }

    private void answered(Entry entry, @Nullable SocketIoException error, Arguments args) {
        if (entry != entries.peek()) {
            return; // the answer to an earlier try came already
        }
        boolean hopeless = error instanceof PacketTooLargeException;
        if (error == null || hopeless || entry.tries > retries) {
            entries.remove();
            finish(entry, error, args);
        }
        entry.pending = false;
        drain(false);
    }

    private void finish(Entry entry, @Nullable SocketIoException error, Arguments args) {
        core.settled();
        if (entry.answer != null) {
            entry.answer.done(error, args);
        } else if (error != null) {
            core.reportError(error);
        }
    }

    void failAll(SocketIoException reason) {
        while (!entries.isEmpty()) {
            finish(entries.remove(), reason, Arguments.none());
        }
    }
}
