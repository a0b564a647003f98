package dev.sockeye.engineio;

/**
 * A range of addresses with the same prefix, or a single address.
 *
 * @param prefix the number of bits that must be equal
 */
record IpRange(IpAddress address, int prefix) {

    /**
     * Parses a range: {@code 10.0.0.0/8}, {@code fd00::/8}, {@code 192.0.2.1}.
     *
     * @throws IllegalArgumentException if it is not an IP address or range; the message names the option
     */
    static IpRange parse(String option, String text) {
        int slash = text.indexOf('/');
        String literal = slash < 0 ? text : text.substring(0, slash);
        IpAddress address = IpAddress.parse(literal);
        if (address == null) {
            throw refused(option, text, "");
        }
        // the text has the prefix length of IPv6, even if the address is an IPv4-mapped one
        int written = literal.indexOf(':') < 0 ? 32 : 128;
        int prefix = slash < 0 ? written : number(option, text, text.substring(slash + 1));
        int own = prefix - (written - address.bits());
        if (prefix > written || own < 0) {
            int least = written - address.bits();
            throw refused(option, text, ": the prefix must be from " + least + " to " + written);
        }
        return new IpRange(address, own);
    }

    private static int number(String option, String text, String digits) {
        if (digits.isEmpty() || digits.length() > 3 || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw refused(option, text, "");
        }
        return Integer.parseInt(digits);
    }

    private static IllegalArgumentException refused(String option, String text, String why) {
        return new IllegalArgumentException(option
                + " must be addresses or ranges such as \"10.0.0.0/8\", \"fd00::/8\" or \"192.0.2.1\", was \"" + text
                + "\""
                + why);
    }

    boolean contains(IpAddress other) {
        return address.sharesPrefix(other, prefix);
    }
}
