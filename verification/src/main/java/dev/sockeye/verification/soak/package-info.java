/** Long runs that count what is left behind. */
package dev.sockeye.verification.soak;
