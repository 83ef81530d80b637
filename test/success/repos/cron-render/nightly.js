console.log("the nightly report is written");
