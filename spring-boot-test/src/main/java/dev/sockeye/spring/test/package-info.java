/** A test slice for Spring Boot: the Socket.IO controllers of an application, without a port and without the rest. */
@org.jspecify.annotations.NullMarked
package dev.sockeye.spring.test;
