/** The Socket.IO server in a Spring Boot application: auto-configuration, annotated handlers, health and metrics. */
@NullMarked
package dev.sockeye.spring;

import org.jspecify.annotations.NullMarked;
