<?php
require __DIR__ . '/../vendor/autoload.php';

echo (new Prices\Basket(['4.10', '8.20']))->total();
