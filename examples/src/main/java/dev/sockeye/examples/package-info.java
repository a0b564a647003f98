/** Programs to copy from. */
package dev.sockeye.examples;
