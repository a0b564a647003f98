package dev.sockeye.spring.test;

/** A service. */
interface Prices {
    int price(String article);
}
