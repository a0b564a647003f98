package dev.sockeye.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports which property is invalid, instead of a stack trace. */
final class InvalidSockeyePropertyAnalyzer extends AbstractFailureAnalyzer<InvalidSockeyePropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSockeyePropertyException cause) {
        return new FailureAnalysis(
                "The Socket.IO server could not be configured: " + cause.getMessage(),
                "Correct the property. All of them and their defaults are in docs/spring-boot.md.",
                cause);
    }
}
