/** Socket.IO servers that reach each other over Kafka. */
package dev.sockeye.kafka;
