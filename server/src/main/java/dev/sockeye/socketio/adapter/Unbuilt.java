/* Keeps the exported package from being empty until its first class lands; deleted with it. */
package dev.sockeye.socketio.adapter;

/** Nothing. */
interface Unbuilt {}
