/** Fuzzing that is guided by coverage, and the inputs that it has found. */
package dev.sockeye.verification.fuzz;
