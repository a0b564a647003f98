package dev.sockeye.spring.test;

import dev.sockeye.spring.OnEvent;
import dev.sockeye.spring.SocketIoController;

@SocketIoController("/shop")
class ShopController {
    private final Prices prices;

    ShopController(Prices prices) {
        this.prices = prices;
    }

    @OnEvent("price")
    int price(String article) {
        return prices.price(article);
    }
}
