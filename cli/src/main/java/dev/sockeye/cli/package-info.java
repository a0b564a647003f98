/** The {@code sockeye} command. */
package dev.sockeye.cli;
