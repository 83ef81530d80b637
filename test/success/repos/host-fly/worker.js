console.log("the second process works");
setInterval(() => {}, 60000);
