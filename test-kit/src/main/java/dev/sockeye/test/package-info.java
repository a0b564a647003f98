/** A server and its clients in memory, with a clock that the test controls. Start with {@link dev.sockeye.test.SockeyeTest}. */
package dev.sockeye.test;
