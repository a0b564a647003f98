package dev.sockeye.socketio.protocol;

/** A received value as JSON bytes. When it is sent again, the bytes are copied. */
interface RawJson extends Payload {

    /** Writes the JSON with its binaries. */
    void writeTo(JsonOutput out);
}
