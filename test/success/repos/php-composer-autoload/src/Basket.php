<?php
namespace Prices;

final class Basket
{
    public function __construct(private array $prices)
    {
    }

    public function total(): string
    {
        $sum = array_reduce($this->prices, fn (string $sum, string $price) => bcadd($sum, $price, 2), '0');
        return (new \NumberFormatter('en', \NumberFormatter::CURRENCY))->formatCurrency((float) $sum, 'EUR');
    }
}
