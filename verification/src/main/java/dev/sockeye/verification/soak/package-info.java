/** Long runs that detect leaks. */
package dev.sockeye.verification.soak;
