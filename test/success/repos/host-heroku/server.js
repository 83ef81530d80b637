const { SIGNED_WITH, SHOP_TITLE } = process.env;
if (!SIGNED_WITH) throw new Error("SIGNED_WITH is not set");

require("node:http")
  .createServer((_request, response) => response.end(`${SHOP_TITLE} is signed with ${SIGNED_WITH.length} letters`))
  .listen(process.env.PORT);
