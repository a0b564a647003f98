package dev.sockeye.spring;

import dev.sockeye.socketio.server.DisconnectReason;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called once when a socket has left. Arguments by type: {@code DisconnectReason} and those of {@link OnConnect}. Official
 * counterpart: {@code socket.on("disconnect", fn)}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnDisconnect {

    /** For these reasons only; none means all. */
    DisconnectReason[] value() default {};
}
