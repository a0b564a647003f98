package dev.sockeye.engineio.host;

import java.util.List;

/**
 * An HTTP response to be written by the host. The host adds {@code Content-Length}, {@code Date} and connection
 * headers, and nothing else.
 *
 * @param status the status code
 * @param headers the headers; a name may occur more than once
 * @param body the body, empty for none; must not be modified afterwards
 */
public record HostResponse(int status, List<Header> headers, byte[] body) {

    /**
     * A header line. Throws {@link IllegalArgumentException} for names and values that would not result in exactly one
     * line, because values often contain client input.
     */
    public record Header(String name, String value) {
        public Header {
            boolean valid = !name.isEmpty();
            for (int i = 0; i < name.length(); i++) {
                char c = name.charAt(i);
                valid &= c > 0x20 && c < 0x7f && c != ':';
            }
            if (!valid) {
                throw new IllegalArgumentException("not a header name: " + shown(name));
            }
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                if ((c < 0x20 && c != '\t') || c == 0x7f) {
                    throw new IllegalArgumentException(
                            "a header must not contain control characters: " + name + ": " + shown(value));
                }
            }
        }

        private static String shown(String text) {
            return text.replaceAll("\\p{Cntrl}", "?");
        }
    }

    public HostResponse {
        headers = List.copyOf(headers);
    }
}
