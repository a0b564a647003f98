/** What a load test does. */
package dev.sockeye.cli.load.plan;
