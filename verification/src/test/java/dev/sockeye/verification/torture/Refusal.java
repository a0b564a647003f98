package dev.sockeye.verification.torture;

import java.io.IOException;
import java.util.List;
import java.util.Random;

/** Requests that an engine refuses. */
final class Refusal {

    private Refusal() {}

    private static final String[] REFUSED = {
        "GET ?EIO=4&transport=polling&sid=nobody",
        "POST ?EIO=4&transport=polling&sid=nobody",
        "GET ?EIO=4&transport=smoke",
        "GET ?EIO=4",
        "PUT ?EIO=4&transport=polling",
        "POST ?EIO=4&transport=polling",
        "GET ?EIO=2&transport=polling",
        "GET ?EIO=4&transport=websocket",
    };

    static void check(Random random, Link link, long timeout, List<String> wrong) throws IOException {
        String[] asked = REFUSED[random.nextInt(REFUSED.length)].split(" ", 2);
        Link.Call call = link.call(
                asked[0], "/engine.io/" + asked[1], asked[0].equals("POST") ? new byte[random.nextInt(2000)] : null);
        long start = System.nanoTime();
        while (!call.done && !call.lost && System.nanoTime() - start < timeout) {
            if (!link.step()) {
                link.await();
            }
        }
        if (call.status != 400) {
            wrong.add(call + " instead of 400");
        }
    }
}
