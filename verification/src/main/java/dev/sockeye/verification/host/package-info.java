/** The hosts that the verification programs run on. */
package dev.sockeye.verification.host;
