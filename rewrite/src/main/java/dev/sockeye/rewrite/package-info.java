/** An OpenRewrite recipe for applications that move from netty-socketio. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.rewrite;
