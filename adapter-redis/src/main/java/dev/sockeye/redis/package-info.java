/** Redis adapters that are compatible with those of Node.js, and emitters. */
package dev.sockeye.redis;
