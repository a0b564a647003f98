package dev.sockeye.spring.test;

import jakarta.validation.constraints.NotBlank;

record Message(@NotBlank String text) {}
