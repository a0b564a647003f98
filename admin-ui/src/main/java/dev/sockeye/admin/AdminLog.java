package dev.sockeye.admin;

import dev.sockeye.log.LogEvent;

/** The log events of the Admin UI. See {@link LogEvent} for the rules. */
enum AdminLog implements LogEvent {
    /**
     * The Admin UI has no authentication.
     *
     * <p>Set a user and a password, or make the namespace unreachable from outside.
     */
    OPEN_TO_EVERYBODY(4101),

    /**
     * A login was refused. The line has the address and the reason.
     *
     * <p>Many of them from one address are an attack: block it.
     */
    LOGIN_REFUSED(4102),

    /**
     * The store of the sessions of admins failed. Admins have to log in again.
     *
     * <p>Look at the cause: Redis is usually not reachable.
     */
    SESSION_STORE_FAILED(4103),

    /**
     * The check of a password threw an exception. The login was refused.
     *
     * <p>Check that the configured hash is a bcrypt hash.
     */
    PASSWORD_CHECK_FAILED(4104),

    /**
     * The statistics for the Admin UI failed once. They are tried again.
     *
     * <p>Look at the cause.
     */
    STATISTICS_FAILED(4105);

    private final int number;

    AdminLog(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
