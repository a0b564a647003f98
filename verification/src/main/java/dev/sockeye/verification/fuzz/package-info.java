/** Coverage-guided fuzzing, and the inputs that it has found. */
package dev.sockeye.verification.fuzz;
