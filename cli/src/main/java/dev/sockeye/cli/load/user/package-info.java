/** Part of Sockeye: the simulated users of a load test. */
package dev.sockeye.cli.load.user;
