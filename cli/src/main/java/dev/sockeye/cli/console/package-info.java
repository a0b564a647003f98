/** {@code sockeye connect}: the interactive client, also for scripts. */
package dev.sockeye.cli.console;
