/** Adapters and emitters over PostgreSQL. */
package dev.sockeye.postgres;
