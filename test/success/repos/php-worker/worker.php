<?php
for ($beat = 1; ; $beat++) {
    echo "beat $beat\n";
    sleep(2);
}
