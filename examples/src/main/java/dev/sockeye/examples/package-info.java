/** Part of Sockeye: examples. */
package dev.sockeye.examples;
