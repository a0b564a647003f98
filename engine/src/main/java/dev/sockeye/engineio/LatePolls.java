package dev.sockeye.engineio;

import dev.sockeye.engineio.host.EngineLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sessions that their client has just closed while no poll was pending. A client sends the closing POST and its next
 * poll at the same time on two connections; if these belong to two loops, the POST may be handled first. The late poll
 * is then answered as if it had been pending.
 */
final class LatePolls {
    private static final Duration GRACE = Duration.ofMillis(250);

    private final Set<String> sids = ConcurrentHashMap.newKeySet();
    private final Refusals refusals;

    LatePolls(Refusals refusals) {
        this.refusals = refusals;
    }

    /** A session was closed by its client without a pending poll. */
    void expectPoll(String sid, EngineLoop loop) {
        if (sids.add(sid)) {
            loop.schedule(() -> sids.remove(sid), GRACE);
        }
    }

    /** Answers a request of an unknown session. */
    void refuse(PollingExchange exchange, String sid) {
        if (exchange.request().method().equals("GET") && isLatePoll(sid)) {
            exchange.headers.set("cache-control", "no-store");
            String noop = exchange.query.protocol() == 4 ? "6" : "1:6";
            String body = JsonpTransport.script(exchange.query.jsonp(), noop);
            exchange.respond(200, "text/plain; charset=UTF-8", body.getBytes(StandardCharsets.UTF_8));
        } else {
            refusals.refuse(exchange, HandshakeError.UNKNOWN_SID, Map.of("sid", sid));
        }
    }

    /** Whether this is the late poll of a closed session; returns true once. */
    private boolean isLatePoll(String sid) {
        return !sids.isEmpty() && sids.remove(sid);
    }
}
