package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse.Header;
import dev.sockeye.engineio.host.NodeForward;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;

/** A request that is being forwarded to another server. */
final class Forward implements NodeForward {
    /** Hop-by-hop headers, in both directions, and headers that are written by the HTTP client. */
    private static final Set<String> HOP = Set.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "proxy-authorization",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "expect",
            "content-length",
            "date");

    private static final System.Logger LOG = System.getLogger(EngineServer.class.getName());

    private final SessionRouter router;
    private final URI node;
    private final HostRequest request;
    private final Runnable here;
    private final AtomicBoolean over = new AtomicBoolean();

    Forward(SessionRouter router, HostRequest request, URI node, Runnable here) {
        this.router = router;
        this.request = request;
        this.node = node;
        this.here = here;
    }

    EngineOptions options() {
        return router.server().options();
    }

    @Override
    public URI node() {
        return node;
    }

    @Override
    public String target() {
        return node.getRawPath() + request.uri();
    }

    @Override
    public List<Header> headers() {
        Map<String, List<String>> received = request.headers();
        Set<String> named = new HashSet<>();
        for (String value : received.getOrDefault("connection", List.of())) {
            for (String name : value.split(",", -1)) {
                named.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        List<Header> sent = new ArrayList<>(received.size() + 1);
        received.forEach((name, values) -> {
            if (!HOP.contains(name) && !named.contains(name) && !name.equals(ForwardSignature.HEADER)) {
                for (String value : values) {
                    add(sent, name, value);
                }
            }
        });
        sent.add(new Header(ForwardSignature.HEADER, router.sign(request)));
        return sent;
    }

    /** Header lines that some hosts accept but that cannot be sent again are skipped. */
    private static void add(List<Header> sent, String name, String value) {
        try {
            sent.add(new Header(name, value));
        } catch (IllegalArgumentException e) {
            LOG.log(Level.DEBUG, "a header is not forwarded", e);
        }
    }

    @Override
    public boolean forwardsResponseHeader(String header) {
        return !HOP.contains(header.toLowerCase(Locale.ROOT));
    }

    @Override
    public Duration connectTimeout() {
        return router.forwarding().connectTimeout();
    }

    @Override
    public Duration answerTimeout() {
        EngineOptions options = options();
        return options.pingInterval().plus(options.pingTimeout());
    }

    @Override
    public int maxBodySize() {
        return options().maxHttpBufferSize();
    }

    @Override
    public SSLContext sslContext() {
        SSLContext given = router.forwarding().sslContext();
        if (given != null) {
            return given;
        }
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JVM's default SSLContext cannot be created", e);
        }
    }

    @Override
    public boolean hold(long change) {
        return router.server().receiving(change);
    }

    @Override
    public void unreachable(boolean timedOut) {
        if (over.compareAndSet(false, true)) {
            router.left();
            router.failed();
            if (timedOut) {
                router.silent(node);
            }
            here.run();
        }
    }

    @Override
    public void answered(Outcome outcome) {
        if (over.compareAndSet(false, true)) {
            router.left();
            if (outcome == Outcome.TOO_SLOW) {
                router.failed();
            } else if (outcome == Outcome.NO_ROOM) {
                router.refused();
            }
        }
    }
}
