import { createServer } from "node:http";

// Asked once, at the start: whoever starts before the store is ready has nothing to show.
const answer = await fetch("http://store:5000/tea");
if (!answer.ok) throw new Error(`the store says ${answer.status}`);
const tea = await answer.text();
createServer((_request, response) => response.end(`today: ${tea}\n`)).listen(3000);
