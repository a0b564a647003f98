/**
 * Mailboxes, threads, registered handlers and answers, shared by server and client. Internal, not an API for
 * applications.
 */
package dev.sockeye.runtime;
