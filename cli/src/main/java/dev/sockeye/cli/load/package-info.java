/** The load tester of the command line. */
package dev.sockeye.cli.load;
