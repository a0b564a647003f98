/** Programs that verify Sockeye. */
package dev.sockeye.verification;
