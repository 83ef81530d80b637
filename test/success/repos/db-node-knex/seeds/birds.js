exports.seed = (knex) =>
  knex("birds")
    .insert([{ name: "heron" }, { name: "wren" }])
    .onConflict("name")
    .ignore();
