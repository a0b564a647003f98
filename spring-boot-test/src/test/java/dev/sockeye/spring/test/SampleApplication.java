package dev.sockeye.spring.test;

import org.springframework.boot.autoconfigure.SpringBootApplication;

/** An application with two controllers and a service that a test slice leaves out. */
@SpringBootApplication
class SampleApplication {}
