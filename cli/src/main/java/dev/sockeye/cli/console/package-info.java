/** {@code sockeye connect}: the client for the console and for scripts. */
package dev.sockeye.cli.console;
