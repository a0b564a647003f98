/** The host for servlet containers: Tomcat, Jetty, Undertow. */
package dev.sockeye.jakarta;
