/** Rooms and fan-out: the adapter interface and the in-memory adapters. */
package dev.sockeye.socketio.adapter;
