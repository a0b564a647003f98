/** Clients that work with raw bytes and packets. */
package dev.sockeye.verification.wire;
