<?php
require_once 'config.php';

$db = mysqli_connect(DB_SERVER, DB_USERNAME, DB_PASSWORD, DB_NAME);
$db->query('CREATE TABLE IF NOT EXISTS trees (kind VARCHAR(40))');
$db->query("INSERT INTO trees VALUES ('pear')");
$sum = $db->query('SELECT count(*) AS sum FROM trees')->fetch_assoc()['sum'];
?>
<!doctype html>
<title>Orchard</title>
<p>trees: <?= (int) $sum ?></p>
