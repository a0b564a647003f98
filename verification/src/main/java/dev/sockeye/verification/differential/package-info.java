/** Compares Sockeye with the official server: sends the same bytes to both and reports differences. */
package dev.sockeye.verification.differential;
