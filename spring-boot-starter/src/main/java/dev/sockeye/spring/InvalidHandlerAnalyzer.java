package dev.sockeye.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Explains which handler is invalid, and how to fix it. */
final class InvalidHandlerAnalyzer extends AbstractFailureAnalyzer<InvalidHandlerException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlerException cause) {
        return new FailureAnalysis(String.valueOf(cause.getMessage()), cause.action(), cause);
    }
}
