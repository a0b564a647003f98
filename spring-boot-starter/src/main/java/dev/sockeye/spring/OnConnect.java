package dev.sockeye.spring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Called for each socket that has passed the middlewares. Parameters are bound by type: {@code Socket}, {@code Handshake},
 * {@code Principal}, {@code Namespace}, {@link Header}; any other parameter receives the client's {@code auth}. Official
 * counterpart: {@code io.on("connection", fn)}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface OnConnect {}
