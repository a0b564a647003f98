/** Redis adapters, compatible with those of Node, and the emitter. */
package dev.sockeye.redis;
