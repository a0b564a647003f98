/** A server and its clients in memory, with a clock that the test controls. Start at {@link dev.sockeye.test.SockeyeTest}. */
package dev.sockeye.test;
