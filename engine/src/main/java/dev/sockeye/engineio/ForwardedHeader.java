package dev.sockeye.engineio;

/** The header in which trusted proxies send the client's address. See {@link EngineOptions.Builder#trustedProxies}. */
public enum ForwardedHeader {
    /** {@code X-Forwarded-For}: addresses separated by commas; set by nearly all proxies. */
    X_FORWARDED_FOR("x-forwarded-for"),
    /** {@code Forwarded}, the standard header of RFC 7239: its {@code for} parameters. */
    FORWARDED("forwarded");

    private final String headerName;

    ForwardedHeader(String headerName) {
        this.headerName = headerName;
    }

    /** The header's name, in lower case. */
    public String headerName() {
        return headerName;
    }
}
