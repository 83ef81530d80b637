const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => escapes[character]);
}

/** The whole page, newest entry first. */
export function page(entries) {
  const items = entries.map(
    ({ name, text, at }) =>
      `<li><p>${escape(text)}</p><small>${escape(name)}, ${at.toISOString().slice(0, 16).replace("T", " ")}</small></li>`,
  );
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Guestbook</title>
    <link rel="stylesheet" href="/style.css">
  </head>
  <body>
    <h1>Guestbook</h1>
    <form method="post" action="/entries">
      <input name="name" placeholder="Your name" maxlength="60">
      <textarea name="text" placeholder="What do you want to say?" maxlength="500" required></textarea>
      <button>Sign</button>
    </form>
    <ul>${items.length === 0 ? "<li><p>Nobody has signed yet.</p></li>" : items.join("\n      ")}</ul>
  </body>
</html>
`;
}
