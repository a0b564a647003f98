package dev.sockeye.engineio.host;

import java.util.List;

/**
 * An HTTP response for the host to write. The host adds {@code Content-Length}, {@code Date} and connection headers, and
 * nothing else.
 *
 * @param status the status code
 * @param headers the headers; a name may occur more than once
 * @param body the body, empty for none; not to be changed afterwards
 */
public record HostResponse(int status, List<Header> headers, byte[] body) {

    /** One header line. */
    public record Header(String name, String value) {}

    public HostResponse {
        headers = List.copyOf(headers);
    }
}
