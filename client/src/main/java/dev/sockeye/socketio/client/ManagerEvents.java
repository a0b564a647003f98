package dev.sockeye.socketio.client;

import dev.sockeye.runtime.Mailbox;
import dev.sockeye.socketio.Registration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The listeners of one event of a manager. */
final class ManagerEvents<T> {
    private final Mailbox mailbox;
    private final List<ManagerListener<? super T>> listeners = new CopyOnWriteArrayList<>();

    ManagerEvents(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    Registration add(ManagerListener<? super T> listener) {
        // a new wrapper for each registration, so that the same listener may be added twice and removed once
        ManagerListener<T> own = listener::onEvent;
        listeners.add(own);
        return () -> listeners.remove(own);
    }

    void fire(T event) {
        if (!listeners.isEmpty()) {
            mailbox.post(() -> notifyListeners(event));
        }
    }

    /** As {@link #fire(Object)}, for something received: it counts in the mailbox. */
    void fire(T event, int size) {
        if (!listeners.isEmpty()) {
            mailbox.post(
                    new Mailbox.Task() {
                        @Override
                        protected void run() {
                            notifyListeners(event);
                        }

                        @Override
                        protected boolean essential() {
                            return false;
                        }
                    },
                    size);
        }
    }

    private void notifyListeners(T event) {
        for (ManagerListener<? super T> listener : listeners) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) {
                System.getLogger(Manager.class.getName())
                        .log(
                                System.Logger.Level.WARNING,
                                ClientLog.MANAGER_LISTENER_FAILED.text("a listener of the manager failed"),
                                e);
            }
        }
    }
}
