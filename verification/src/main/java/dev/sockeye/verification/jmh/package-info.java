/** Benchmarks of codecs, binding and the path of a message through the server, without a network. */
package dev.sockeye.verification.jmh;
