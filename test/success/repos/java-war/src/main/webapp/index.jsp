<%@ page contentType="text/html; charset=UTF-8" %>
<!doctype html>
<title>Guest book</title>
<h1>Guest book</h1>
<p>Two and two are <%= 2 + 2 %>.</p>
