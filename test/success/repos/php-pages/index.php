<?php
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$visits = new PDO('sqlite:/tmp/visits.sqlite');
$visits->exec('create table if not exists visit (path text)');
$visits->prepare('insert into visit values (?)')->execute([$path]);
$count = $visits->query('select count(*) from visit')->fetchColumn();
?>
<h1>Soup of <?= htmlspecialchars($path) ?></h1>
<p>asked <?= $count ?> times, PHP <?= PHP_VERSION ?></p>
<link rel="stylesheet" href="/style.css">
