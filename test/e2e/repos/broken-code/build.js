const order = { lines: [3, 4] };

console.log(`total ${order.sum()}`);
