package dev.sockeye.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** The authentication of the Admin UI. Immutable. Official counterpart: the option {@code auth} of {@code @socket.io/admin-ui}. */
public final class AdminAuth {
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

    private final @Nullable BiPredicate<String, String> check;

    private AdminAuth(@Nullable BiPredicate<String, String> check) {
        this.check = check;
    }

    /** Requires no login; only for closed networks. {@code auth: false}. */
    public static AdminAuth none() {
        return new AdminAuth(null);
    }

    /**
     * Allows one user. {@code auth: {type: "basic", username, password}}.
     *
     * @param passwordHash the bcrypt hash of the password: {@code $2a$}, {@code $2b$} or {@code $2y$}, cost 4 to 31, as created
     *     by {@code htpasswd -nbBC 10 admin} or {@code bcryptjs}. As there, bytes of the password after the 72nd are ignored
     * @throws IllegalArgumentException if it is not a bcrypt hash
     */
    public static AdminAuth basic(String username, String passwordHash) {
        if (!HASH.matcher(passwordHash).matches()) {
            throw new IllegalArgumentException("the password of the Admin UI must be a bcrypt hash: $2b$<cost>$...");
        }
        byte[] name = username.getBytes(StandardCharsets.UTF_8);
        return new AdminAuth((user, password) -> {
            // always compare both, so that the time reveals nothing about the name
            boolean known = MessageDigest.isEqual(name, user.getBytes(StandardCharsets.UTF_8));
            boolean right = BCrypt.checkpw(password.getBytes(StandardCharsets.UTF_8), passwordHash);
            return right && known;
        });
    }

    /**
     * Uses a check of the application, for example against its own users.
     *
     * @param check receives name and password, on a thread where it may block; false or an exception rejects the login
     */
    public static AdminAuth of(BiPredicate<String, String> check) {
        return new AdminAuth(check);
    }

    /** {@code null} for none. */
    @Nullable
    BiPredicate<String, String> check() {
        return check;
    }
}
