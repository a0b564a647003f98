package dev.sockeye.cli.load;

import java.util.concurrent.atomic.AtomicInteger;

/** Who hears a message of a namespace or a room. */
record Audience(AtomicInteger members) {
    Audience() {
        this(new AtomicInteger());
    }
}
