/** Ids of log events, used by all modules. Not exported to applications. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.log;
