/**
 * A deterministic simulation of whole clusters: servers, clients, network, clock and handler threads, all driven by one seed. A
 * failed run can be reproduced exactly by its seed.
 */
@NullMarked
package dev.sockeye.verification.simulation;

import org.jspecify.annotations.NullMarked;
