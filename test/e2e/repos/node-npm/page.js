exports.page = (count) => `<!doctype html>
<title>Visitor board</title>
<h1>Hello from Express</h1>
<p>Visit number ${count}.</p>
`;
