/** Clients that speak nothing but bytes. */
package dev.sockeye.verification.wire;
