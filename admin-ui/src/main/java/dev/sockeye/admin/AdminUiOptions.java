package dev.sockeye.admin;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The options of the Admin UI. Immutable. Official counterpart: the options of {@code instrument}. */
public final class AdminUiOptions {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_~-][A-Za-z0-9._~-]*");

    /** How much the page is told. */
    public enum Mode {
        /** All sockets, rooms and events. Each event costs one more for each admin: not for many clients. */
        DEVELOPMENT,
        /** Only the numbers of {@code server_stats}, each two seconds. */
        PRODUCTION
    }

    private final Builder values;

    private AdminUiOptions(Builder values) {
        this.values = values;
    }

    /** A builder with all defaults; {@link Builder#auth} must be set. */
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

    /** Whether the page can only look; default false. */
    public boolean readonly() {
        return values.readonly;
    }

    /** What the server is called in the list of servers, different for each; default the name of the host. */
    public String serverId() {
        String given = values.serverId;
        return given == null ? HostName.get() : given;
    }

    /** Where logins are remembered; default {@link AdminSessionStore#inMemory()}. */
    public AdminSessionStore store() {
        return values.store;
    }

    /** How much the page is told; default {@link Mode#DEVELOPMENT}. */
    public Mode mode() {
        return values.mode;
    }

    /** Whether headers with credentials are shown: cookies, {@code Authorization} and the like; default false. */
    public boolean credentialHeaders() {
        return values.credentialHeaders;
    }

    /** How many wrong logins one address may try within {@link #loginWindow()}; default 10. */
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

    /** Where the page is, below the path of the server; default {@code admin}: {@code /socket.io/admin/}. */
    public String pagePath() {
        return values.pagePath;
    }

    /** Builds {@link AdminUiOptions}. */
    public static final class Builder {
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
                        "the `auth` option must be specified, if only as AdminAuth.none(): who may use the Admin UI?");
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

        /** Whether the page can only look. Official option: {@code readonly}. */
        public Builder readonly(boolean value) {
            readonly = value;
            return this;
        }

        /** What the server is called in the list of servers; {@code null} for the host's name. Official option: {@code serverId}. */
        public Builder serverId(@Nullable String value) {
            serverId = value;
            return this;
        }

        /** Where logins are remembered. Official option: {@code store}. */
        public Builder store(AdminSessionStore value) {
            store = value;
            return this;
        }

        /** How much the page is told. Official option: {@code mode}. */
        public Builder mode(Mode value) {
            mode = value;
            return this;
        }

        /** Whether headers with credentials are shown. The reference shows them. */
        public Builder credentialHeaders(boolean value) {
            credentialHeaders = value;
            return this;
        }

        /** How many wrong logins one address may try within {@link #loginWindow}; 1 or more. */
        public Builder maxLoginAttempts(int value) {
            maxLoginAttempts = value;
            return this;
        }

        /** The time for {@link #maxLoginAttempts}. */
        public Builder loginWindow(Duration value) {
            loginWindow = value;
            return this;
        }

        /** Whether this server serves the page; without it one from elsewhere can be used, {@code admin.socket.io} for example. */
        public Builder servePage(boolean value) {
            servePage = value;
            return this;
        }

        /** Where the page is, below the path of the server: one segment of a URL, without slashes. */
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
                throw new IllegalArgumentException("the Admin UI needs a namespace of its own, not \"/\"");
            }
            if (maxLoginAttempts < 1) {
                throw new IllegalArgumentException("maxLoginAttempts must be 1 or more: " + maxLoginAttempts);
            }
            if (loginWindow.isNegative() || loginWindow.isZero()) {
                throw new IllegalArgumentException("loginWindow must be positive: " + loginWindow);
            }
            if (!SEGMENT.matcher(pagePath).matches()) {
                throw new IllegalArgumentException("pagePath must be one segment of a URL: " + pagePath);
            }
            return new AdminUiOptions(new Builder(this));
        }
    }
}
