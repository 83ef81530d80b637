console.log("migrated once");
