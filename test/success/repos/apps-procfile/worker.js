setInterval(() => console.log("the worker process beats"), 1000);
