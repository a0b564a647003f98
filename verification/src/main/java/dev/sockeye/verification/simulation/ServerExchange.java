package dev.sockeye.verification.simulation;

import dev.sockeye.engineio.host.EngineLoop;
import dev.sockeye.engineio.host.HostRequest;
import dev.sockeye.engineio.host.HostResponse;
import dev.sockeye.engineio.host.HttpExchange;
import org.jspecify.annotations.Nullable;

/** A polling request, as seen by the server's host. */
final class ServerExchange implements HttpExchange, Connection.End {
    private final SimulatedLoop loop;
    private final Connection connection;
    private final HostRequest request;
    private final byte[] body;
    private Runnable lost = () -> {};
    private @Nullable BodyListener reader;
    private boolean answered;
    private boolean gone;
    private boolean bodyIsHere;
    private int limit;

    /** @param late the delay between the header and the body of the request */
    ServerExchange(
            Simulation simulation,
            SimulatedLoop loop,
            Connection connection,
            HostRequest request,
            byte[] body,
            long late) {
        this.loop = loop;
        this.connection = connection;
        this.request = request;
        this.body = body;
        this.bodyIsHere = late == 0;
        connection.server(this);
        if (late > 0) {
            simulation.after(
                    late,
                    "body",
                    () -> loop.arrive(() -> {
                        bodyIsHere = true;
                        notifyEngine();
                    }));
        }
    }

    @Override
    public HostRequest request() {
        return request;
    }

    @Override
    public EngineLoop loop() {
        return loop;
    }

    @Override
    public void readBody(int most, BodyListener listener) {
        run(() -> {
            limit = most;
            reader = listener;
            notifyEngine();
        });
    }

    private void notifyEngine() {
        BodyListener waiting = reader;
        if (waiting == null) {
            return;
        }
        if (gone) {
            reader = null;
            waiting.onAborted();
        } else if (bodyIsHere) {
            reader = null;
            if (body.length > limit) {
                waiting.onTooLarge();
            } else {
                waiting.onBody(body);
            }
        }
    }

    private void run(Runnable action) {
        if (loop.inLoop()) {
            action.run();
        } else {
            loop.execute(action);
        }
    }

    @Override
    public void respond(HostResponse response) {
        run(() -> {
            if (!answered && !gone) {
                answered = true;
                connection.down.send(response, 100 + response.body().length);
            }
        });
    }

    @Override
    public void abort() {
        run(() -> {
            if (!answered && !gone) {
                answered = true;
                connection.closeBy(this);
            }
        });
    }

    @Override
    public void onConnectionLost(Runnable action) {
        run(() -> {
            lost = action;
            if (gone && !answered) {
                action.run();
            }
        });
    }

    @Override
    public void onLost() {
        loop.arrive(() -> {
            if (!gone) {
                gone = true;
                notifyEngine();
                if (!answered) {
                    lost.run();
                }
            }
        });
    }
}
