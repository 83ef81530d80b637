exports.up = (knex) =>
  knex.schema.createTable("birds", (table) => {
    table.string("name").primary();
    table.integer("seen").notNullable().defaultTo(0);
  });

exports.down = (knex) => knex.schema.dropTable("birds");
