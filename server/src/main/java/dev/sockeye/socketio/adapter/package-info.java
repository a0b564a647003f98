/** Rooms and fan-out: the adapter interface and the in-memory adapter. */
package dev.sockeye.socketio.adapter;
