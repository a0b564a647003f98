/** Checks of text that both protocols and a host use. Not exported to applications. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.text;
