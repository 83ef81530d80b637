import { fahrenheit } from "@weather/units";

Bun.serve({
  port: Number(process.env.PORT ?? 3000),
  fetch: () => Response.json({ celsius: 21, fahrenheit: fahrenheit(21) }),
});
