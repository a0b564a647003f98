/** Generates the reference pages of the documentation from the sources. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.verification.reference;
