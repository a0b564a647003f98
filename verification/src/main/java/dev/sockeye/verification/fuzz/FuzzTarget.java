package dev.sockeye.verification.fuzz;

import dev.sockeye.engineio.protocol.EngineCodec;
import dev.sockeye.engineio.protocol.EngineCodecV3;
import dev.sockeye.engineio.protocol.EngineDecodeException;
import dev.sockeye.engineio.protocol.EnginePacket;
import dev.sockeye.socketio.adapter.cluster.ClusterCodec;
import dev.sockeye.socketio.protocol.Arguments;
import dev.sockeye.socketio.protocol.BindingException;
import dev.sockeye.socketio.protocol.DecodeException;
import dev.sockeye.socketio.protocol.JsonParser;
import dev.sockeye.socketio.protocol.MsgpackParser;
import dev.sockeye.socketio.protocol.Parser;
import dev.sockeye.socketio.protocol.Payload;
import dev.sockeye.socketio.protocol.SocketPacket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Code that handles bytes from outside. Any exception that is not declared is a defect. */
public enum FuzzTarget {
    ENGINE4_PACKET {
        @Override
        public void feed(byte[] input) {
            try {
                EnginePacket packet = EngineCodec.decode(input, 0, input.length);
                same(
                        packet.getClass(),
                        EngineCodec.encode(packet),
                        again -> EngineCodec.decode(again, 0, again.length));
            } catch (EngineDecodeException e) {
                // rejected
            }
        }
    },
    ENGINE4_PAYLOAD {
        @Override
        public void feed(byte[] input) {
            try {
                EngineCodec.decodePayload(input, packet -> true);
            } catch (EngineDecodeException e) {
                // rejected
            }
        }
    },
    ENGINE3_PACKET {
        @Override
        public void feed(byte[] input) {
            try {
                EngineCodecV3.decode(input, 0, input.length);
            } catch (EngineDecodeException e) {
                // rejected
            }
        }
    },
    ENGINE3_TEXT_PAYLOAD {
        @Override
        public void feed(byte[] input) {
            try {
                EngineCodecV3.decodeTextPayload(new String(input, StandardCharsets.UTF_8), packet -> true);
            } catch (EngineDecodeException e) {
                // rejected
            }
        }
    },
    ENGINE3_BINARY_PAYLOAD {
        @Override
        public void feed(byte[] input) {
            try {
                EngineCodecV3.decodeBinaryPayload(input, packet -> true);
            } catch (EngineDecodeException e) {
                // rejected
            }
        }
    },
    /** A text, followed by attachments that are separated by zero bytes. */
    SOCKET_JSON {
        @Override
        public void feed(byte[] input) {
            Parser.Decoder decoder = JsonParser.create().newDecoder();
            try {
                int from = 0;
                for (int to = 0; to <= input.length; to++) {
                    if (to == input.length || input[to] == 0) {
                        use(
                                from == 0
                                        ? decoder.text(input, 0, to)
                                        : decoder.binary(Arrays.copyOfRange(input, from, to)),
                                JsonParser.create());
                        from = to + 1;
                    }
                }
            } catch (DecodeException e) {
                // rejected
            }
        }
    },
    SOCKET_MSGPACK {
        @Override
        public void feed(byte[] input) {
            try {
                use(MsgpackParser.create().newDecoder().binary(input), MsgpackParser.create());
            } catch (DecodeException e) {
                // rejected
            }
        }
    },
    CLUSTER_MESSAGE {
        @Override
        public void feed(byte[] input) {
            try {
                ClusterCodec.decode(input);
            } catch (DecodeException e) {
                // rejected
            }
        }
    },
    /** Messages and sessions of the Redis adapters. */
    REDIS_MESSAGE {
        @Override
        public void feed(byte[] input) {
            FuzzedDecoder.redis(input);
        }
    },
    /** Messages and sessions of the PostgreSQL adapters. */
    POSTGRES_MESSAGE {
        @Override
        public void feed(byte[] input) {
            FuzzedDecoder.postgres(input);
        }
    },
    /** Sessions of the Kafka adapter; its messages are those of {@link #CLUSTER_MESSAGE}. */
    KAFKA_MESSAGE {
        @Override
        public void feed(byte[] input) {
            FuzzedDecoder.kafka(input);
        }
    },
    /** The open packet that a client receives; its other packets are those of the codecs above. */
    CLIENT_HANDSHAKE {
        @Override
        public void feed(byte[] input) {
            FuzzedDecoder.handshake(input);
        }
    },
    /** The stream of a WebTransport session, as a whole and in pieces; both must have the same result. */
    STREAM_FRAMES {
        @Override
        public void feed(byte[] input) {
            FuzzedStream.feed(input);
        }
    },
    /** A connection to a server, from its first byte. */
    HTTP {
        @Override
        public void feed(byte[] input) {
            FuzzedConnection.http(input);
        }
    },
    /** Frames of an HTTP/2 connection to a server. */
    HTTP2 {
        @Override
        public void feed(byte[] input) {
            FuzzedHttp2.feed(input);
        }
    },
    /** The capsules of a WebTransport request, as a whole and in pieces; both must have the same result. */
    CAPSULES {
        @Override
        public void feed(byte[] input) {
            FuzzedStream.capsules(input);
        }
    },
    /** What a server sends to a client, from its answer to the upgrade; the first byte selects the compression and how the rest is split. */
    CLIENT_WEBSOCKET {
        @Override
        public void feed(byte[] input) {
            FuzzedClient.webSocket(input);
        }
    },
    /** A connection after the upgrade; the first byte selects the compression and how the rest is split. */
    WEBSOCKET {
        @Override
        public void feed(byte[] input) {
            FuzzedConnection.webSocket(input);
        }
    };

    /** Handles one input; throws an exception for a defect. */
    public abstract void feed(byte[] input);

    /** The name on the command line, and of the directory of its inputs. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private interface Decoding {
        EnginePacket decode(byte[] input) throws EngineDecodeException;
    }

    private static void same(Class<?> type, byte[] encoded, Decoding decoding) {
        try {
            if (decoding.decode(encoded).getClass() != type) {
                throw new IllegalStateException("another packet after encoding");
            }
        } catch (EngineDecodeException e) {
            throw new IllegalStateException("a decoded and encoded value is rejected", e);
        }
    }

    private static void use(@Nullable SocketPacket packet, Parser parser) {
        if (packet == null) {
            return;
        }
        try {
            if (packet instanceof SocketPacket.Event event) {
                read(event.args());
            } else if (packet instanceof SocketPacket.Ack ack) {
                read(ack.args());
            } else if (packet instanceof SocketPacket.Connect connect) {
                read(connect.data());
            } else if (packet instanceof SocketPacket.ConnectError error) {
                read(error.data());
            }
        } catch (BindingException e) {
            return;
        }
        parser.encode(packet);
    }

    private static void read(@Nullable Payload payload) {
        if (payload != null) {
            payload.get();
        }
    }

    private static void read(Arguments args) {
        args.toList();
        if (args.size() > 0) {
            try {
                args.get(0, String.class);
            } catch (BindingException e) {
                // another type
            }
        }
    }
}
