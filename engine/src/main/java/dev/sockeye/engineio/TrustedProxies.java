package dev.sockeye.engineio;

import dev.sockeye.engineio.host.HostRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Determines the address of a client behind trusted proxies. Immutable. */
final class TrustedProxies {
    private final List<IpRange> ranges;
    private final ForwardedHeader header;

    /**
     * @throws IllegalArgumentException if a range is invalid; the message names the option
     */
    TrustedProxies(List<String> ranges, ForwardedHeader header) {
        this.ranges = ranges.stream()
                .map(text -> IpRange.parse("trustedProxies", text))
                .toList();
        this.header = header;
    }

    /** Returns the request as seen by the engine and the application, with the client's remote address. */
    HostRequest see(HostRequest request) {
        return ranges.isEmpty() ? request : new ForwardedRequest(request, this);
    }

    /**
     * The client's address: the nearest address that is not trusted, starting with the peer and continuing with the
     * header from right to left. If the header ends, or has something other than an address, the last trusted address
     * is used.
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
