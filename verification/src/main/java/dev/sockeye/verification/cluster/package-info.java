/** Clusters of servers: what is lost during faults, and the cost of a broadcast. */
package dev.sockeye.verification.cluster;
