package dev.sockeye.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The chat in a Spring Boot application, on the application's port. */
@SpringBootApplication(proxyBeanMethods = false)
public final class ChatApplication {

    private ChatApplication() {}

    /** Starts the application. */
    public static void main(String[] args) {
        SpringApplication.run(ChatApplication.class, args);
    }
}
