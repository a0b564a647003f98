package dev.sockeye.cli.load.user;

import java.util.concurrent.atomic.AtomicInteger;

/** The receivers of a message to a namespace or a room. */
public record Audience(AtomicInteger members) {
    Audience() {
        this(new AtomicInteger());
    }
}
