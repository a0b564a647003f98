package dev.sockeye.socketio.protocol;

/** A received value that is still JSON bytes: sent again it is copied, not bound. */
interface RawJson extends Payload {

    /** Writes the JSON with its binaries. */
    void writeTo(JsonOutput out);
}
