package dev.sockeye.spring.test;

import dev.sockeye.test.SockeyeTest;
import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestExecutionListener;

/** Closes the clients after each test, since the context outlives it. */
final class ResetListener implements TestExecutionListener {

    @Override
    public void afterTestMethod(TestContext testContext) {
        if (testContext.hasApplicationContext()) {
            ApplicationContext context = testContext.getApplicationContext();
            if (context.containsBean("sockeyeTest")) {
                context.getBean("sockeyeTest", SockeyeTest.class).reset();
            }
        }
    }
}
