/** Part of Sockeye: cli. */
package dev.sockeye.cli;
