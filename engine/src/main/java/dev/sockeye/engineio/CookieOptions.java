package dev.sockeye.engineio;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cookie that carries the session id for load balancers; the server itself never reads it. Official counterpart: the
 * {@code cookie} option.
 *
 * @param name its name; default {@code io}
 * @param path its path; {@code null} leaves it out; default {@code /}
 * @param httpOnly whether scripts may not read it; default true
 * @param sameSite {@code lax}, {@code strict} or {@code none}; {@code null} leaves it out; default {@code lax}
 * @param secure whether it is for TLS only; default false
 * @param maxAge how long it is kept; {@code null} for the browser's session; the default
 * @param domain its domain; {@code null} leaves it out; the default
 */
public record CookieOptions(
        String name,
        @Nullable String path,
        boolean httpOnly,
        @Nullable String sameSite,
        boolean secure,
        @Nullable Duration maxAge,
        @Nullable String domain) {

    /** {@code io=<sid>; Path=/; HttpOnly; SameSite=Lax}. */
    public static final CookieOptions DEFAULT = new CookieOptions("io", "/", true, "lax", false, null, null);

    public CookieOptions {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("cookie.name must be a cookie name (RFC 6265), was \"" + name + "\"");
        }
        checkAttribute("path", path);
        checkAttribute("domain", domain);
        if (sameSite != null && !sameSite.toLowerCase(Locale.ROOT).matches("lax|strict|none")) {
            throw new IllegalArgumentException("cookie.sameSite must be lax, strict or none, was \"" + sameSite + "\"");
        }
    }

    private static void checkAttribute(String name, @Nullable String value) {
        if (value != null && !value.matches("[\\x20-\\x3a\\x3c-\\x7e]*")) {
            throw new IllegalArgumentException("cookie." + name
                    + " must be printable ASCII without a semicolon (RFC 6265), was \"" + value + "\"");
        }
    }

    /** The same with another name. */
    public CookieOptions withName(String other) {
        return new CookieOptions(other, path, httpOnly, sameSite, secure, maxAge, domain);
    }

    /** The same with another path, or none. */
    public CookieOptions withPath(@Nullable String other) {
        return new CookieOptions(name, other, httpOnly, sameSite, secure, maxAge, domain);
    }

    /** The same with or without {@code HttpOnly}. */
    public CookieOptions withHttpOnly(boolean other) {
        return new CookieOptions(name, path, other, sameSite, secure, maxAge, domain);
    }

    /** The same with another {@code SameSite}, or none. */
    public CookieOptions withSameSite(@Nullable String other) {
        return new CookieOptions(name, path, httpOnly, other, secure, maxAge, domain);
    }

    /** The same with or without {@code Secure}. */
    public CookieOptions withSecure(boolean other) {
        return new CookieOptions(name, path, httpOnly, sameSite, other, maxAge, domain);
    }

    String header(String sid) {
        StringBuilder text = new StringBuilder(name).append('=').append(sid);
        if (maxAge != null) {
            text.append("; Max-Age=").append(maxAge.toSeconds());
        }
        if (domain != null) {
            text.append("; Domain=").append(domain);
        }
        if (path != null) {
            text.append("; Path=").append(path);
        }
        if (httpOnly) {
            text.append("; HttpOnly");
        }
        if (secure) {
            text.append("; Secure");
        }
        if (sameSite != null) {
            text.append("; SameSite=")
                    .append(sameSite.substring(0, 1).toUpperCase(Locale.ROOT))
                    .append(sameSite.substring(1).toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
