package dev.sockeye.engineio;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** An IPv4 or IPv6 address. An IPv4-mapped IPv6 address is treated as the IPv4 address. Immutable. */
final class IpAddress {
    private static final int LONGEST = 45;

    private final byte[] bytes;

    private IpAddress(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Parses an address literal without a zone; {@code null} if the text is not an address. Never uses DNS. */
    static @Nullable IpAddress parse(String text) {
        byte[] parsed = text.indexOf(':') < 0 ? parse4(text) : parse6(text);
        return parsed == null ? null : new IpAddress(parsed);
    }

    private static byte @Nullable [] parse4(String text) {
        byte[] parsed = new byte[4];
        int part = 0;
        int digits = 0;
        int value = 0;
        for (int i = 0; i <= text.length(); i++) {
            char c = i == text.length() ? '.' : text.charAt(i);
            if (c == '.') {
                if (digits == 0 || part == 4) {
                    return null;
                }
                parsed[part++] = (byte) value;
                digits = 0;
                value = 0;
            } else {
                // some programs interpret a leading zero as octal
                if (c < '0' || c > '9' || (digits > 0 && value == 0)) {
                    return null;
                }
                value = value * 10 + c - '0';
                digits++;
                if (value > 255) {
                    return null;
                }
            }
        }
        return part == 4 ? parsed : null;
    }

    private static byte @Nullable [] parse6(String text) {
        if (text.length() > LONGEST || text.startsWith(".")) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c > 'f' || (c != ':' && c != '.' && Character.digit(c, 16) < 0)) {
                return null;
            }
        }
        try {
            // hexadecimal text with a colon is parsed as a literal or rejected; it is never looked up
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** The number of bits of the address: 32 or 128. */
    int bits() {
        return bytes.length * 8;
    }

    /** Whether the first bits of both addresses are equal; false if one is IPv4 and the other IPv6. */
    boolean sharesPrefix(IpAddress other, int prefix) {
        if (other.bytes.length != bytes.length) {
            return false;
        }
        int whole = prefix / 8;
        if (!Arrays.equals(bytes, 0, whole, other.bytes, 0, whole)) {
            return false;
        }
        int rest = prefix % 8;
        return rest == 0 || ((bytes[whole] ^ other.bytes[whole]) & (0xff00 >> rest) & 0xff) == 0;
    }

    /** The usual text form; for IPv6 according to RFC 5952. */
    @Override
    public String toString() {
        if (bytes.length == 4) {
            return (bytes[0] & 0xff) + "." + (bytes[1] & 0xff) + "." + (bytes[2] & 0xff) + "." + (bytes[3] & 0xff);
        }
        int zerosAt = -1;
        int zeros = 1; // a single group of zeros is not shortened
        for (int i = 0; i < 8; i++) {
            int n = 0;
            while (i + n < 8 && group(i + n) == 0) {
                n++;
            }
            if (n > zeros) {
                zerosAt = i;
                zeros = n;
            }
        }
        StringBuilder text = new StringBuilder(LONGEST);
        for (int i = 0; i < 8; i++) {
            if (i == zerosAt) {
                text.append("::");
                i += zeros - 1;
            } else {
                if (i > 0 && text.charAt(text.length() - 1) != ':') {
                    text.append(':');
                }
                text.append(Integer.toHexString(group(i)));
            }
        }
        return text.toString();
    }

    private int group(int i) {
        return ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
    }
}
