package dev.sockeye.spring;

import dev.sockeye.socketio.server.DisconnectReason;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called once after a socket has disconnected. Parameters are bound by type: {@code DisconnectReason} and the types listed in
 * {@link OnConnect}. Official counterpart: {@code socket.on("disconnect", fn)}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnDisconnect {

    /** The disconnect reasons to handle; empty for all. */
    DisconnectReason[] value() default {};
}
