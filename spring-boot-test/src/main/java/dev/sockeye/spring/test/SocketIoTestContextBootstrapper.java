package dev.sockeye.spring.test;

import org.springframework.boot.test.autoconfigure.TestSliceTestContextBootstrapper;

/** Finds the application of the test, and its properties. */
final class SocketIoTestContextBootstrapper extends TestSliceTestContextBootstrapper<SocketIoTest> {}
