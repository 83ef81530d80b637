const Koa = require("koa");

const app = new Koa();
const links = new Map([["docs", "/documentation"]]);

app.use(async (context) => {
  const target = links.get(context.path.slice(1));
  if (target) return context.redirect(target);
  context.body = "Hello from Koa: short links\n";
});

app.listen(process.env.PORT || 4000);
