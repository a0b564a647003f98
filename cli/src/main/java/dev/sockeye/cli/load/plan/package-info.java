/** Part of Sockeye: what a load test does. */
package dev.sockeye.cli.load.plan;
