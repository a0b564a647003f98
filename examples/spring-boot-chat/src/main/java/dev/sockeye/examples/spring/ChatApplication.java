package dev.sockeye.examples.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The chat in a Spring Boot application, on its port. */
@SpringBootApplication(proxyBeanMethods = false)
public final class ChatApplication {

    private ChatApplication() {}

    /** Starts it. */
    public static void main(String[] args) {
        SpringApplication.run(ChatApplication.class, args);
    }
}
