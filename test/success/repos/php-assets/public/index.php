<?php
readfile(__DIR__ . "/build/banner.txt");
