/** The chat as a Spring Boot application. */
@NullMarked
package dev.sockeye.examples.spring;

import org.jspecify.annotations.NullMarked;
