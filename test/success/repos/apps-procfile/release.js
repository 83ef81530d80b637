console.log("released once");
