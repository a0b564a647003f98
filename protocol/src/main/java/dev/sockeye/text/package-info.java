/** Text validation used by both protocols and a host. Not exported to applications. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.text;
