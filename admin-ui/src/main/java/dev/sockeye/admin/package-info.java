/** The server side of the official Admin UI. */
package dev.sockeye.admin;
