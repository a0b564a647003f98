/** Tests for cluster adapters: extend {@link dev.sockeye.adapter.tck.ClusterAdapterContract}. */
package dev.sockeye.adapter.tck;
