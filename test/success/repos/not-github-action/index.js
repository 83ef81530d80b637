console.log(`hello ${process.env.INPUT_WHO}`);
