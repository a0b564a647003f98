package dev.sockeye.cli.load.user;

import java.util.concurrent.atomic.AtomicInteger;

/** Who hears a message of a namespace or a room. */
public record Audience(AtomicInteger members) {
    Audience() {
        this(new AtomicInteger());
    }
}
