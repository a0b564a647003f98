/* Keeps the exported package from being empty until its first class lands; deleted with it. */
package dev.sockeye.netty;

/** Nothing. */
interface Unbuilt {}
