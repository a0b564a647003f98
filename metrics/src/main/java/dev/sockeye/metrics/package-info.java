/** Meters, traces and flight recorder events of a server. */
package dev.sockeye.metrics;
