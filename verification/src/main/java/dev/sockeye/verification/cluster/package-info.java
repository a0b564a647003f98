/** Clusters of servers: what is lost when something breaks, and what a message to all costs. */
package dev.sockeye.verification.cluster;
