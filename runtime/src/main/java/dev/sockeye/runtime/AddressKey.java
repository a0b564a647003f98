package dev.sockeye.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;

/** The key of limits per address. */
public final class AddressKey {
    /** The number of bytes of an IPv6 address that identify the network of one customer. */
    private static final int NETWORK = 8;

    private AddressKey() {}

    /** The address, or the /64 network of an IPv6 address: one customer has all addresses of it. */
    public static String of(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            int zone = address.indexOf('%');
            // an address with a colon is a literal and is never looked up
            byte[] bytes = InetAddress.getByName(zone < 0 ? address : address.substring(0, zone))
                    .getAddress();
            return bytes.length <= NETWORK ? address : HexFormat.of().formatHex(bytes, 0, NETWORK);
        } catch (UnknownHostException e) {
            return address;
        }
    }
}
