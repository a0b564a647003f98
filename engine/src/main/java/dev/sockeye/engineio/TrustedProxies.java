package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds the address of a client behind proxies that are trusted to name it. Immutable. */
final class TrustedProxies {
    private final List<IpRange> ranges;
    private final ForwardedHeader header;

    /** @throws IllegalArgumentException a range is none; the message names the option */
    TrustedProxies(List<String> ranges, ForwardedHeader header) {
        this.ranges = ranges.stream()
                .map(text -> IpRange.parse("trustedProxies", text))
                .toList();
        this.header = header;
    }

    /** The request as the engine and the application see it: its remote address is the client's. */
    HostRequest see(HostRequest request) {
        return ranges.isEmpty() ? request : new ForwardedRequest(request, this);
    }

    /**
     * The client's address: of those that the proxies have named, and the peer, the nearest that is not trusted. If the header ends, or
     * has something else than an address there, the last trusted address is taken.
     */
    String clientAddress(HostRequest request) {
        String peer = request.remoteAddress();
        IpAddress parsed = IpAddress.parse(withoutZone(peer));
        if (!trusted(parsed)) {
            return peer;
        }
        List<String> lines = request.headers().get(header.headerName());
        if (lines == null) {
            return peer;
        }
        IpAddress nearest = null;
        ForwardedFor addresses = new ForwardedFor(String.join(",", lines), header);
        while (addresses.hasNext()) {
            IpAddress next = addresses.next();
            if (next == null) {
                break;
            }
            nearest = next;
            if (!trusted(next)) {
                break;
            }
        }
        return nearest == null ? peer : nearest.toString();
    }

    private static String withoutZone(String address) {
        int percent = address.indexOf('%');
        return percent < 0 ? address : address.substring(0, percent);
    }

    private boolean trusted(@Nullable IpAddress address) {
        if (address != null) {
            for (IpRange range : ranges) {
                if (range.contains(address)) {
                    return true;
                }
            }
        }
        return false;
    }
}
