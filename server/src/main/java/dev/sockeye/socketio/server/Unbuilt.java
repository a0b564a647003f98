/* Keeps the exported package from being empty until its first class lands; deleted with it. */
package dev.sockeye.socketio.server;

/** Nothing. */
interface Unbuilt {}
