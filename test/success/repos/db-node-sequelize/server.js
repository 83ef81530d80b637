const express = require("express");
const { DataTypes, Sequelize } = require("sequelize");

const sequelize = new Sequelize(process.env.DATABASE_URL, { dialect: "mariadb", logging: false });
const Entry = sequelize.define(
  "Entry",
  { amount: { type: DataTypes.INTEGER, allowNull: false } },
  { tableName: "entries", timestamps: false },
);
const app = express();

app.get("/", async (_request, response, next) => {
  try {
    await Entry.create({ amount: 5 });
    response.type("text").send(`ledger holds ${await Entry.sum("amount")}`);
  } catch (error) {
    next(error);
  }
});

app.listen(process.env.PORT || 3000);
