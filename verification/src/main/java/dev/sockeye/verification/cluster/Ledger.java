package dev.sockeye.verification.cluster;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** The messages of each server that one client has received. Numbers start at 0 and have no gaps if nothing was lost. */
final class Ledger {
    /** The totals; {@code missed} counts messages sent between the loss of a client's session and its new session. */
    record Totals(long delivered, long lost, long missed, long duplicated, long disordered, int recovered, int anew) {
        static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0);

        Totals plus(Totals more) {
            return new Totals(
                    delivered + more.delivered,
                    lost + more.lost,
                    missed + more.missed,
                    duplicated + more.duplicated,
                    disordered + more.disordered,
                    recovered + more.recovered,
                    anew + more.anew);
        }

        Totals minus(Totals less) {
            return new Totals(
                    delivered - less.delivered,
                    lost - less.lost,
                    missed - less.missed,
                    duplicated - less.duplicated,
                    disordered - less.disordered,
                    recovered - less.recovered,
                    anew - less.anew);
        }
    }

    private static final class Sender {
        final BitSet seen = new BitSet();
        final BitSet missed = new BitSet();
        int last = -1;
        int begin;
    }

    private final Map<String, Sender> senders = new HashMap<>();
    private Totals totals = Totals.NONE;
    private int begin;

    synchronized void connected(boolean recovered) {
        if (recovered) {
            totals = totals.plus(new Totals(0, 0, 0, 0, 0, 1, 0));
        } else {
            begin++;
            totals = totals.plus(new Totals(0, 0, 0, 0, 0, 0, begin == 1 ? 0 : 1));
        }
    }

    private Sender sender(String id) {
        return senders.computeIfAbsent(id, unknown -> {
            Sender made = new Sender();
            made.begin = 1;
            return made;
        });
    }

    synchronized void received(String id, int number) {
        Sender sender = sender(id);
        if (sender.seen.get(number)) {
            totals = totals.plus(new Totals(0, 0, 0, 1, 0, 0, 0));
            return;
        }
        sender.seen.set(number);
        if (number < sender.last) {
            boolean excused = sender.missed.get(number);
            totals = totals.plus(new Totals(1, excused ? 0 : -1, excused ? -1 : 0, 0, 1, 0, 0));
            return;
        }
        gap(sender, number);
        sender.last = number;
        sender.begin = begin;
        totals = totals.plus(new Totals(1, 0, 0, 0, 0, 0, 0));
    }

    private void gap(Sender sender, int next) {
        int size = next - sender.last - 1;
        if (size <= 0) {
            return;
        }
        if (sender.begin == begin) {
            totals = totals.plus(new Totals(0, size, 0, 0, 0, 0, 0));
        } else {
            sender.missed.set(sender.last + 1, next);
            totals = totals.plus(new Totals(0, 0, size, 0, 0, 0, 0));
        }
    }

    /** Called at the end: counts the missing messages of all that were sent. */
    synchronized void end(Map<String, Integer> sent) {
        sent.forEach((id, count) -> {
            Sender sender = sender(id);
            gap(sender, count);
            sender.last = Math.max(sender.last, count - 1);
        });
    }

    synchronized int last(String id) {
        return sender(id).last;
    }

    synchronized Set<String> senders() {
        return Set.copyOf(senders.keySet());
    }

    synchronized Totals totals() {
        return totals;
    }
}
