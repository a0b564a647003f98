package dev.sockeye.admin;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of the Admin UI. Immutable. Official counterpart: the options of {@code instrument}. */
public final class AdminUiOptions {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]*");

    /** The amount of data that is sent to the page. */
    public enum Mode {
        /**
         * All sockets, rooms and events. Each event is sent once more to each admin, so this is not suitable for many
         * clients.
         */
        DEVELOPMENT,
        /** Only the numbers of {@code server_stats}, every two seconds. */
        PRODUCTION
    }

    private final Builder values;

    private AdminUiOptions(Builder values) {
        this.values = values;
    }

    /** A builder with all defaults; {@link Builder#auth} is required. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder with these values. */
    public Builder toBuilder() {
        return new Builder(values);
    }

    /** The namespace of the page; default {@code /admin}. */
    public String namespaceName() {
        return values.namespaceName;
    }

    /** Who may use it; has no default. */
    public AdminAuth auth() {
        return values.checkedAuth();
    }

    /** Whether the page is read-only; default false. */
    public boolean readonly() {
        return values.readonly;
    }

    /** The name of the server in the list of servers, which must be unique; default the host name. */
    public String serverId() {
        String given = values.serverId;
        return given == null ? HostName.get() : given;
    }

    /** The store of login sessions; default {@link AdminSessionStore#inMemory()}. */
    public AdminSessionStore store() {
        return values.store;
    }

    /** The amount of data that is sent to the page; default {@link Mode#DEVELOPMENT}. */
    public Mode mode() {
        return values.mode;
    }

    /** Whether headers with credentials are shown: cookies, {@code Authorization} and the like; default false. */
    public boolean credentialHeaders() {
        return values.credentialHeaders;
    }

    /** The maximum number of failed logins of one address within {@link #loginWindow()}; default 10. */
    public int maxLoginAttempts() {
        return values.maxLoginAttempts;
    }

    /** The time for {@link #maxLoginAttempts()}; default 5 minutes. */
    public Duration loginWindow() {
        return values.loginWindow;
    }

    /** Whether this server serves the page; default true. */
    public boolean servePage() {
        return values.servePage;
    }

    /** The path of the page, below the path of the server; default {@code admin}: {@code /socket.io/admin/}. */
    public String pagePath() {
        return values.pagePath;
    }

    /** Builds {@link AdminUiOptions}. */
    public static final class Builder {
        /** In nanoseconds, it must not overflow. */
        private static final Duration LONGEST = Duration.ofDays(26_000);

        private String namespaceName = "/admin";
        private @Nullable AdminAuth auth;
        private boolean readonly;
        private @Nullable String serverId;
        private AdminSessionStore store = AdminSessionStore.inMemory();
        private Mode mode = Mode.DEVELOPMENT;
        private boolean credentialHeaders;
        private int maxLoginAttempts = 10;
        private Duration loginWindow = Duration.ofMinutes(5);
        private boolean servePage = true;
        private String pagePath = "admin";

        private Builder() {}

        private Builder(Builder from) {
            namespaceName = from.namespaceName;
            auth = from.auth;
            readonly = from.readonly;
            serverId = from.serverId;
            store = from.store;
            mode = from.mode;
            credentialHeaders = from.credentialHeaders;
            maxLoginAttempts = from.maxLoginAttempts;
            loginWindow = from.loginWindow;
            servePage = from.servePage;
            pagePath = from.pagePath;
        }

        private AdminAuth checkedAuth() {
            if (auth == null) {
                throw new IllegalStateException(
                        "the `auth` option must be specified; use AdminAuth.none() for no authentication");
            }
            return auth;
        }

        /** The namespace of the page; a missing leading slash is added. Official option: {@code namespaceName}. */
        public Builder namespaceName(String value) {
            namespaceName = value.startsWith("/") ? value : "/" + value;
            return this;
        }

        /** Who may use it; required. Official option: {@code auth}. */
        public Builder auth(AdminAuth value) {
            auth = value;
            return this;
        }

        /** Whether the page is read-only. Official option: {@code readonly}. */
        public Builder readonly(boolean value) {
            readonly = value;
            return this;
        }

        /**
         * The name of the server in the list of servers; {@code null} for the host name. Official option: {@code
         * serverId}.
         */
        public Builder serverId(@Nullable String value) {
            serverId = value;
            return this;
        }

        /** The store of login sessions. Official option: {@code store}. */
        public Builder store(AdminSessionStore value) {
            store = value;
            return this;
        }

        /** The amount of data that is sent to the page. Official option: {@code mode}. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Whether headers with credentials are shown. The official implementation shows them. */
        public Builder credentialHeaders(boolean value) {
            credentialHeaders = value;
            return this;
        }

        /** The maximum number of failed logins of one address within {@link #loginWindow}; at least 1. */
        public Builder maxLoginAttempts(int value) {
            maxLoginAttempts = value;
            return this;
        }

        /** The time for {@link #maxLoginAttempts}. */
        public Builder loginWindow(Duration value) {
            loginWindow = value;
            return this;
        }

        /**
         * Whether this server serves the page; if not, another one can be used, for example {@code admin.socket.io}.
         */
        public Builder servePage(boolean value) {
            servePage = value;
            return this;
        }

        /** The path of the page, below the path of the server: one segment of a URL, without slashes. */
        public Builder pagePath(String value) {
            pagePath = value;
            return this;
        }

        /**
         * The options.
         *
         * @throws IllegalArgumentException if a value is out of range
         * @throws IllegalStateException if {@link #auth} was not set
         */
        public AdminUiOptions build() {
            checkedAuth();
            if (namespaceName.equals("/")) {
                throw new IllegalArgumentException("the Admin UI needs a separate namespace, not \"/\"");
            }
            if (maxLoginAttempts < 1) {
                throw new IllegalArgumentException("maxLoginAttempts must be 1 or more: " + maxLoginAttempts);
            }
            if (loginWindow.isNegative() || loginWindow.isZero()) {
                throw new IllegalArgumentException("loginWindow must be positive: " + loginWindow);
            }
            if (loginWindow.compareTo(LONGEST) > 0) {
                throw new IllegalArgumentException(
                        "loginWindow must be at most " + LONGEST.toDays() + " days: " + loginWindow);
            }
            if (!SEGMENT.matcher(pagePath).matches()) {
                throw new IllegalArgumentException("pagePath must be one segment of a URL: " + pagePath);
            }
            return new AdminUiOptions(new Builder(this));
        }
    }
}
