/** Sockeye beside the official server: the same bytes to both, and what differs. */
package dev.sockeye.verification.differential;
