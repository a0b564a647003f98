/**
 * A deterministic simulation of whole clusters: servers, clients, network, clock and handler threads, all driven by one
 * seed. A run that fails is replayed exactly by its seed.
 */
@NullMarked
package dev.sockeye.verification.simulation;

import org.jspecify.annotations.NullMarked;
