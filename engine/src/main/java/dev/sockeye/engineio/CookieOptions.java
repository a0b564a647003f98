package dev.sockeye.engineio;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The cookie with the session id for load balancers; the server itself does not read it. Immutable. Official
 * counterpart: the {@code cookie} option. The default is {@code io=<sid>; Path=/; HttpOnly; SameSite=Lax}.
 */
public final class CookieOptions {
    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final Builder values;

    private CookieOptions(Builder values) {
        this.values = values;
    }

    /** All defaults. */
    public static CookieOptions defaults() {
        return builder().build();
    }

    /** A builder with all defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The name of the cookie. Default {@code io}. */
    public String name() {
        return values.name;
    }

    /** The path of the cookie; {@code null} for none. Default {@code /}. */
    public @Nullable String path() {
        return values.path;
    }

    /** The domain of the cookie; {@code null} for none. Default {@code null}. */
    public @Nullable String domain() {
        return values.domain;
    }

    /** Whether scripts cannot read it. Default true. */
    public boolean httpOnly() {
        return values.httpOnly;
    }

    /** Whether browsers send it over TLS only. Default false. */
    public boolean secure() {
        return values.secure;
    }

    /** {@code lax}, {@code strict} or {@code none}, case-insensitive; {@code null} for none. Default {@code lax}. */
    public @Nullable String sameSite() {
        return values.sameSite;
    }

    /** How long the browser keeps it; {@code null} for the session of the browser. Default {@code null}. */
    public @Nullable Duration maxAge() {
        return values.maxAge;
    }

    /**
     * When the browser deletes it, for browsers that do not support {@code Max-Age}; {@code null} for none. Default
     * {@code null}.
     */
    public @Nullable Instant expires() {
        return values.expires;
    }

    /** {@code low}, {@code medium} or {@code high}, case-insensitive; {@code null} for none. Default {@code null}. */
    public @Nullable String priority() {
        return values.priority;
    }

    /**
     * Whether the cookie is partitioned by top-level site (CHIPS); browsers also require {@code secure}. Default false.
     */
    public boolean partitioned() {
        return values.partitioned;
    }

    String header(String sid) {
        StringBuilder text = new StringBuilder(values.name).append('=').append(sid);
        if (values.maxAge != null) {
            text.append("; Max-Age=").append(values.maxAge.toSeconds());
        }
        append(text, "Domain", values.domain);
        append(text, "Path", values.path);
        if (values.expires != null) {
            append(text, "Expires", HTTP_DATE.format(values.expires));
        }
        if (values.httpOnly) {
            text.append("; HttpOnly");
        }
        if (values.secure) {
            text.append("; Secure");
        }
        if (values.partitioned) {
            text.append("; Partitioned");
        }
        append(text, "Priority", capitalized(values.priority));
        append(text, "SameSite", capitalized(values.sameSite));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append("; ").append(name).append('=').append(value);
        }
    }

    private static @Nullable String capitalized(@Nullable String word) {
        return word == null
                ? null
                : word.substring(0, 1).toUpperCase(Locale.ROOT)
                        + word.substring(1).toLowerCase(Locale.ROOT);
    }

    /** Builds {@link CookieOptions}. Not thread-safe. */
    public static final class Builder {
        private String name = "io";
        private @Nullable String path = "/";
        private @Nullable String domain = null;
        private boolean httpOnly = true;
        private boolean secure = false;
        private @Nullable String sameSite = "lax";
        private @Nullable Duration maxAge = null;
        private @Nullable Instant expires = null;
        private @Nullable String priority = null;
        private boolean partitioned = false;

        private Builder() {}

        private Builder(Builder from) {
            name = from.name;
            path = from.path;
            domain = from.domain;
            httpOnly = from.httpOnly;
            secure = from.secure;
            sameSite = from.sameSite;
            maxAge = from.maxAge;
            expires = from.expires;
            priority = from.priority;
            partitioned = from.partitioned;
        }

        /** The name of the cookie. Default {@code io}. */
        @CanIgnoreReturnValue
        public Builder name(String value) {
            name = value;
            return this;
        }

        /** The path of the cookie; {@code null} for none. Default {@code /}. */
        @CanIgnoreReturnValue
        public Builder path(@Nullable String value) {
            path = value;
            return this;
        }

        /** The domain of the cookie; {@code null} for none. Default {@code null}. */
        @CanIgnoreReturnValue
        public Builder domain(@Nullable String value) {
            domain = value;
            return this;
        }

        /** Whether scripts cannot read it. Default true. */
        @CanIgnoreReturnValue
        public Builder httpOnly(boolean value) {
            httpOnly = value;
            return this;
        }

        /** Whether browsers send it over TLS only. Default false. */
        @CanIgnoreReturnValue
        public Builder secure(boolean value) {
            secure = value;
            return this;
        }

        /**
         * {@code lax}, {@code strict} or {@code none}, case-insensitive; {@code null} for none. Default {@code lax}.
         */
        @CanIgnoreReturnValue
        public Builder sameSite(@Nullable String value) {
            sameSite = value;
            return this;
        }

        /** How long the browser keeps it; {@code null} for the session of the browser. Default {@code null}. */
        @CanIgnoreReturnValue
        public Builder maxAge(@Nullable Duration value) {
            maxAge = value;
            return this;
        }

        /**
         * When the browser deletes it, for browsers that do not support {@code Max-Age}; {@code null} for none. Default
         * {@code null}.
         */
        @CanIgnoreReturnValue
        public Builder expires(@Nullable Instant value) {
            expires = value;
            return this;
        }

        /**
         * {@code low}, {@code medium} or {@code high}, case-insensitive; {@code null} for none. Default {@code null}.
         */
        @CanIgnoreReturnValue
        public Builder priority(@Nullable String value) {
            priority = value;
            return this;
        }

        /**
         * Whether the cookie is partitioned by top-level site (CHIPS); browsers also require {@code secure}. Default
         * false.
         */
        @CanIgnoreReturnValue
        public Builder partitioned(boolean value) {
            partitioned = value;
            return this;
        }

        private static void checkAttribute(String name, @Nullable String value) {
            if (value != null && !value.matches("[\\x20-\\x3a\\x3c-\\x7e]*")) {
                throw new IllegalArgumentException("cookie." + name
                        + " must be printable ASCII without a semicolon (RFC 6265), was \"" + value + "\"");
            }
        }

        private static void checkWord(String name, @Nullable String value, String words) {
            if (value != null && !List.of(words.split("(, | or )")).contains(value.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("cookie." + name + " must be " + words + ", was \"" + value + "\"");
            }
        }

        /**
         * Checks and builds.
         *
         * @throws IllegalArgumentException if a value is out of its range; the message names option, value and range
         */
        public CookieOptions build() {
            if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
                throw new IllegalArgumentException(
                        "cookie.name must be a cookie name (RFC 6265), was \"" + name + "\"");
            }
            checkAttribute("path", path);
            checkAttribute("domain", domain);
            checkWord("sameSite", sameSite, "lax, strict or none");
            checkWord("priority", priority, "low, medium or high");
            return new CookieOptions(new Builder(this));
        }
    }
}
