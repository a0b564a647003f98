/** The Socket.IO server in Spring Boot applications: auto-configuration, annotated handlers, health and metrics. */
@NullMarked
package dev.sockeye.spring;

import org.jspecify.annotations.NullMarked;
