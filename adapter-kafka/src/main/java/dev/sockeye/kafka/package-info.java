/** Adapter and emitter that connect Socket.IO servers through Kafka. */
package dev.sockeye.kafka;
