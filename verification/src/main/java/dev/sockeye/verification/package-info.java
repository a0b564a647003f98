/** Part of Sockeye: verification. */
package dev.sockeye.verification;
