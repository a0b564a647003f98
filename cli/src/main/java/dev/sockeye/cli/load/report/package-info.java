/** Results and reports of a load test. */
package dev.sockeye.cli.load.report;
