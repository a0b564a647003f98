package dev.sockeye.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.security.crypto.bcrypt.BCrypt;

/** Who may use the Admin UI. Immutable. Official counterpart: the option {@code auth} of {@code @socket.io/admin-ui}. */
public final class AdminAuth {
    private static final Pattern HASH = Pattern.compile("\\$2[aby]\\$(0[4-9]|[12][0-9]|3[01])\\$[./A-Za-z0-9]{53}");

    private final @Nullable BiPredicate<String, String> check;

    private AdminAuth(@Nullable BiPredicate<String, String> check) {
        this.check = check;
    }

    /** Everybody who reaches the namespace may use it: for a closed network only. {@code auth: false}. */
    public static AdminAuth none() {
        return new AdminAuth(null);
    }

    /**
     * One user. {@code auth: {type: "basic", username, password}}.
     *
     * @param passwordHash the bcrypt hash of the password: {@code $2a$}, {@code $2b$} or {@code $2y$}, cost 4 to 31; as {@code
     *     htpasswd -nbBC 10 admin} or {@code bcryptjs} write it. As there, bytes of the password after the 72nd do not count
     * @throws IllegalArgumentException if it is not a bcrypt hash
     */
    public static AdminAuth basic(String username, String passwordHash) {
        if (!HASH.matcher(passwordHash).matches()) {
            throw new IllegalArgumentException("the password of the Admin UI must be a bcrypt hash: $2b$<cost>$...");
        }
        byte[] name = username.getBytes(StandardCharsets.UTF_8);
        return new AdminAuth((user, password) -> {
            // both are always compared, so that the time tells nothing about the name
            boolean known = MessageDigest.isEqual(name, user.getBytes(StandardCharsets.UTF_8));
            boolean right = BCrypt.checkpw(password.getBytes(StandardCharsets.UTF_8), passwordHash);
            return right && known;
        });
    }

    /**
     * A check of the application's, for example against its own users.
     *
     * @param check given name and password, on a thread where it may block; false, or an exception, refuses
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
