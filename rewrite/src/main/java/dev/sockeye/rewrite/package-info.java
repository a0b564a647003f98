/** An OpenRewrite recipe for applications that migrate from netty-socketio. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.rewrite;
